-- The closing of an opening that was last seen in ERPNext's queue, and when it was seen there first.
ALTER TABLE pos_opening ADD COLUMN queued_as TEXT;
ALTER TABLE pos_opening ADD COLUMN queued_since INTEGER;

-- Who may sign in: also those whom ERPNext names, their badges, and people who may no more. The
-- phc of somebody who has not chosen a PIN yet is empty.
ALTER TABLE staff ADD COLUMN badge TEXT;
ALTER TABLE staff ADD COLUMN disabled INTEGER NOT NULL DEFAULT 0;
-- The name of their Employee; null for somebody whom this till alone knows.
ALTER TABLE staff ADD COLUMN employee TEXT;
-- The hash that their Employee had when it was last downloaded or written.
ALTER TABLE staff ADD COLUMN shared_phc TEXT;
-- When their PIN was chosen at this till; null once ERPNext has it, or where it came from there.
ALTER TABLE staff ADD COLUMN pin_set_at INTEGER;

CREATE UNIQUE INDEX staff_by_employee ON staff (employee) WHERE employee IS NOT NULL;

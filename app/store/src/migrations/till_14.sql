-- The hashes of all PINs when the managers were let choose theirs anew, a JSON list: a manager with
-- another has chosen. Without it, all that there are now.
ALTER TABLE managers_choose ADD COLUMN forgotten TEXT;

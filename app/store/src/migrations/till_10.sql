-- What an opening is of: a shift of this till, or of the box that had this till before and left it
-- open in ERPNext.
ALTER TABLE pos_opening ADD COLUMN earlier_box INTEGER NOT NULL DEFAULT 0;

-- The numbers of receipts begin above this one: a box before sold under them.
CREATE TABLE numbering (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    receipts_above INTEGER NOT NULL
) STRICT;
CREATE TRIGGER numbering_stays BEFORE DELETE ON numbering
BEGIN SELECT RAISE(ABORT, 'where the numbers of receipts begin is never forgotten'); END;
CREATE TRIGGER numbering_grows BEFORE UPDATE ON numbering
WHEN new.receipts_above < old.receipts_above
BEGIN SELECT RAISE(ABORT, 'the numbers of receipts never go back'); END;

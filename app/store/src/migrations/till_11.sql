-- Whether a document waits for something that another till has to send first.
ALTER TABLE outbox ADD COLUMN waits_for_till INTEGER NOT NULL DEFAULT 0;

-- A new sheet lets the managers choose their PINs anew, until one has.
CREATE TABLE managers_choose (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    since INTEGER NOT NULL
) STRICT;

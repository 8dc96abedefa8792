-- A document that ERPNext refused can be settled by hand, once and with an entry in the journal;
-- and the outbox knows what kind of trouble a document that waits has. SQLite cannot change a check
-- of a table, so the rows move, with their ids and states.
--
-- `hindrance`: what kept it back last: something that passes, a document that has to come first,
-- or that the site answered and did not take it. `refused` counts the last kind; `others_taken` tells
-- whether the site took another of its kind meanwhile. `booked_as` is the submitted document that
-- ERPNext has of it although it differs.
CREATE TABLE outbox_9 (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('customer', 'shift', 'sale', 'closing')),
    document TEXT NOT NULL UNIQUE,
    label TEXT NOT NULL,
    depends_on INTEGER REFERENCES outbox_9 (id),
    made_at INTEGER NOT NULL,
    units INTEGER,
    currency TEXT,
    decimals INTEGER,
    state TEXT NOT NULL DEFAULT 'waiting'
        CHECK (state IN ('waiting', 'parked', 'delivered', 'settled')),
    attempts INTEGER NOT NULL DEFAULT 0,
    not_before INTEGER NOT NULL DEFAULT 0,
    cause TEXT,
    remedy TEXT,
    erpnext_name TEXT,
    delivered_at INTEGER,
    hindrance TEXT CHECK (hindrance IN ('passing', 'order', 'refused')),
    refused INTEGER NOT NULL DEFAULT 0,
    others_taken INTEGER NOT NULL DEFAULT 0,
    booked_as TEXT,
    settled_by TEXT,
    settled_reason TEXT,
    settled_entry INTEGER REFERENCES journal (number),
    CHECK ((state = 'settled') = (settled_entry IS NOT NULL))
) STRICT;
INSERT INTO outbox_9 (id, kind, document, label, depends_on, made_at, units, currency, decimals,
    state, attempts, not_before, cause, remedy, erpnext_name, delivered_at)
SELECT id, kind, document, label, depends_on, made_at, units, currency, decimals, state, attempts,
    not_before, cause, remedy, erpnext_name, delivered_at
FROM outbox ORDER BY id;
CREATE TABLE outbox_need_9 (
    entry INTEGER NOT NULL REFERENCES outbox_9 (id),
    needs INTEGER NOT NULL REFERENCES outbox_9 (id),
    PRIMARY KEY (entry, needs)
) STRICT, WITHOUT ROWID;
INSERT INTO outbox_need_9 SELECT entry, needs FROM outbox_need;
DROP TABLE outbox_need;
DROP TABLE outbox;
ALTER TABLE outbox_9 RENAME TO outbox;
ALTER TABLE outbox_need_9 RENAME TO outbox_need;
CREATE INDEX outbox_by_state ON outbox (state, id);
CREATE INDEX outbox_by_shift ON outbox (depends_on, kind, state);
CREATE INDEX outbox_due ON outbox (attempts, id) WHERE state = 'waiting';
CREATE INDEX outbox_refused ON outbox (kind, id) WHERE refused > 0;
CREATE INDEX outbox_need_by_need ON outbox_need (needs);

CREATE TRIGGER outbox_stays BEFORE DELETE ON outbox
BEGIN SELECT RAISE(ABORT, 'unsent and sent work is never deleted'); END;
CREATE TRIGGER outbox_keeps
BEFORE UPDATE OF id, kind, document, label, depends_on, made_at, units, currency, decimals ON outbox
BEGIN SELECT RAISE(ABORT, 'only the state of an outbox row changes'); END;
CREATE TRIGGER outbox_delivered_stays BEFORE UPDATE ON outbox
WHEN old.state = 'delivered' AND new.state <> 'delivered'
BEGIN SELECT RAISE(ABORT, 'what was delivered stays delivered'); END;
CREATE TRIGGER outbox_settled_stays BEFORE UPDATE ON outbox WHEN old.state = 'settled'
BEGIN SELECT RAISE(ABORT, 'what was settled by hand stays as it is'); END;
CREATE TRIGGER outbox_settled_parked BEFORE UPDATE ON outbox
WHEN new.state = 'settled' AND old.state <> 'parked'
BEGIN SELECT RAISE(ABORT, 'only what was refused is settled by hand'); END;
CREATE TRIGGER outbox_need_keeps BEFORE UPDATE ON outbox_need
BEGIN SELECT RAISE(ABORT, 'what a document waits for is never changed'); END;
CREATE TRIGGER outbox_need_stays BEFORE DELETE ON outbox_need
BEGIN SELECT RAISE(ABORT, 'what a document waits for is never deleted'); END;

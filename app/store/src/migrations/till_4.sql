-- What a shift has beside sales, what came back, and customers who were made here.

ALTER TABLE sale ADD COLUMN is_return INTEGER NOT NULL DEFAULT 0;
CREATE INDEX sale_by_shift ON sale (shift, number);

CREATE TABLE cash_movement (
    number INTEGER PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    shift TEXT NOT NULL REFERENCES shift (key),
    body TEXT NOT NULL
) STRICT;
CREATE INDEX cash_movement_by_shift ON cash_movement (shift, number);

CREATE TABLE drawer_opening (
    number INTEGER PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    shift TEXT NOT NULL REFERENCES shift (key),
    body TEXT NOT NULL
) STRICT;
CREATE INDEX drawer_opening_by_shift ON drawer_opening (shift, number);

CREATE TABLE closing (
    number INTEGER PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    shift TEXT NOT NULL UNIQUE REFERENCES shift (key),
    body TEXT NOT NULL
) STRICT;

CREATE TABLE new_customer (
    number INTEGER PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    search TEXT NOT NULL,
    body TEXT NOT NULL
) STRICT;

-- Which rows of a sale came back, whichever till made it; `number` is the return's. Can be made
-- again from the returns themselves.
CREATE TABLE returned_row (
    original TEXT NOT NULL,
    row TEXT NOT NULL,
    number INTEGER NOT NULL REFERENCES sale (number),
    qty TEXT NOT NULL,
    PRIMARY KEY (original, row, number)
) STRICT, WITHOUT ROWID;

-- The outbox takes more kinds of documents now. SQLite cannot change a check of a table, so the
-- rows move, with their ids and states.
CREATE TABLE outbox_4 (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('customer', 'shift', 'sale', 'closing')),
    document TEXT NOT NULL UNIQUE,
    label TEXT NOT NULL,
    depends_on INTEGER REFERENCES outbox_4 (id),
    made_at INTEGER NOT NULL,
    units INTEGER,
    currency TEXT,
    decimals INTEGER,
    state TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'parked', 'delivered')),
    attempts INTEGER NOT NULL DEFAULT 0,
    not_before INTEGER NOT NULL DEFAULT 0,
    cause TEXT,
    remedy TEXT,
    erpnext_name TEXT,
    delivered_at INTEGER
) STRICT;
INSERT INTO outbox_4
SELECT id, kind, document, label, depends_on, made_at, units, currency, decimals, state, attempts,
    not_before, cause, remedy, erpnext_name, delivered_at
FROM outbox ORDER BY id;
DROP TABLE outbox;
ALTER TABLE outbox_4 RENAME TO outbox;
CREATE INDEX outbox_by_state ON outbox (state, id);
CREATE INDEX outbox_by_shift ON outbox (depends_on, kind, state);

-- What has to be in ERPNext before a document, besides its shift: the customer who was made here,
-- the sale whose goods come back.
CREATE TABLE outbox_need (
    entry INTEGER NOT NULL REFERENCES outbox (id),
    needs INTEGER NOT NULL REFERENCES outbox (id),
    PRIMARY KEY (entry, needs)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER outbox_stays BEFORE DELETE ON outbox
BEGIN SELECT RAISE(ABORT, 'unsent and sent work is never deleted'); END;
CREATE TRIGGER outbox_keeps
BEFORE UPDATE OF id, kind, document, label, depends_on, made_at, units, currency, decimals ON outbox
BEGIN SELECT RAISE(ABORT, 'only the state of an outbox row changes'); END;
CREATE TRIGGER outbox_delivered_stays BEFORE UPDATE ON outbox
WHEN old.state = 'delivered' AND new.state <> 'delivered'
BEGIN SELECT RAISE(ABORT, 'what was delivered stays delivered'); END;
CREATE TRIGGER outbox_need_keeps BEFORE UPDATE ON outbox_need
BEGIN SELECT RAISE(ABORT, 'what a document waits for is never changed'); END;
CREATE TRIGGER outbox_need_stays BEFORE DELETE ON outbox_need
BEGIN SELECT RAISE(ABORT, 'what a document waits for is never deleted'); END;

CREATE TRIGGER cash_movement_keeps BEFORE UPDATE ON cash_movement
BEGIN SELECT RAISE(ABORT, 'a cash movement is never changed'); END;
CREATE TRIGGER cash_movement_stays BEFORE DELETE ON cash_movement
BEGIN SELECT RAISE(ABORT, 'a cash movement is never deleted'); END;
CREATE TRIGGER drawer_opening_keeps BEFORE UPDATE ON drawer_opening
BEGIN SELECT RAISE(ABORT, 'an opening of the drawer is never changed'); END;
CREATE TRIGGER drawer_opening_stays BEFORE DELETE ON drawer_opening
BEGIN SELECT RAISE(ABORT, 'an opening of the drawer is never deleted'); END;
CREATE TRIGGER closing_keeps BEFORE UPDATE ON closing
BEGIN SELECT RAISE(ABORT, 'a closing is never changed'); END;
CREATE TRIGGER closing_stays BEFORE DELETE ON closing
BEGIN SELECT RAISE(ABORT, 'a closing is never deleted'); END;
CREATE TRIGGER new_customer_keeps BEFORE UPDATE ON new_customer
BEGIN SELECT RAISE(ABORT, 'a customer who was made here is never changed'); END;
CREATE TRIGGER new_customer_stays BEFORE DELETE ON new_customer
BEGIN SELECT RAISE(ABORT, 'a customer who was made here is never deleted'); END;

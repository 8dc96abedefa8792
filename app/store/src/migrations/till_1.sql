-- What the till did. Times are milliseconds since 1970 in universal time; bodies are JSON.

CREATE TABLE installation (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    installation TEXT NOT NULL
) STRICT;

CREATE TABLE shift (
    number INTEGER PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    body TEXT NOT NULL
) STRICT;

CREATE TABLE sale (
    number INTEGER PRIMARY KEY,
    receipt_number TEXT NOT NULL UNIQUE,
    key TEXT NOT NULL UNIQUE,
    shift TEXT NOT NULL REFERENCES shift (key),
    at INTEGER NOT NULL,
    posting_date TEXT NOT NULL,
    posting_time TEXT NOT NULL,
    customer TEXT NOT NULL,
    customer_name TEXT NOT NULL,
    cashier TEXT NOT NULL,
    amount_to_pay TEXT NOT NULL,
    modes_of_payment TEXT NOT NULL,
    lines INTEGER NOT NULL,
    body TEXT NOT NULL
) STRICT;

-- What a sale is found by, in lower case; apart from the bodies, so that looking through all of
-- them reads little.
CREATE TABLE sale_search (
    number INTEGER PRIMARY KEY REFERENCES sale (number),
    search TEXT NOT NULL
) STRICT;

CREATE TABLE open_cart (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    body TEXT NOT NULL
) STRICT;

CREATE TABLE print_job (
    sale INTEGER PRIMARY KEY REFERENCES sale (number),
    state TEXT NOT NULL,
    reprints INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE INDEX print_job_by_state ON print_job (state, sale);

CREATE TABLE journal (
    number INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    kind TEXT NOT NULL,
    body TEXT NOT NULL,
    previous BLOB NOT NULL,
    hash BLOB NOT NULL
) STRICT;

CREATE TABLE outbox (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('shift', 'sale')),
    document TEXT NOT NULL UNIQUE,
    label TEXT NOT NULL,
    depends_on INTEGER REFERENCES outbox (id),
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

CREATE INDEX outbox_by_state ON outbox (state, id);

CREATE TABLE staff (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    phc TEXT NOT NULL,
    role TEXT NOT NULL,
    attempts TEXT
) STRICT, WITHOUT ROWID;

-- Nothing that happened can be edited or removed, by this program or by a slip with a tool.
CREATE TRIGGER journal_keeps BEFORE UPDATE ON journal
BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
CREATE TRIGGER journal_stays BEFORE DELETE ON journal
BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
CREATE TRIGGER shift_keeps BEFORE UPDATE ON shift
BEGIN SELECT RAISE(ABORT, 'a shift that was opened is never changed'); END;
CREATE TRIGGER shift_stays BEFORE DELETE ON shift
BEGIN SELECT RAISE(ABORT, 'a shift is never deleted'); END;
CREATE TRIGGER sale_keeps BEFORE UPDATE ON sale
BEGIN SELECT RAISE(ABORT, 'a sale is never changed'); END;
CREATE TRIGGER sale_stays BEFORE DELETE ON sale
BEGIN SELECT RAISE(ABORT, 'a sale is never deleted'); END;
CREATE TRIGGER print_job_stays BEFORE DELETE ON print_job
BEGIN SELECT RAISE(ABORT, 'a print job is never deleted'); END;
CREATE TRIGGER outbox_stays BEFORE DELETE ON outbox
BEGIN SELECT RAISE(ABORT, 'unsent and sent work is never deleted'); END;
CREATE TRIGGER outbox_keeps
BEFORE UPDATE OF id, kind, document, label, depends_on, made_at, units, currency, decimals ON outbox
BEGIN SELECT RAISE(ABORT, 'only the state of an outbox row changes'); END;
CREATE TRIGGER outbox_delivered_stays BEFORE UPDATE ON outbox
WHEN old.state = 'delivered' AND new.state <> 'delivered'
BEGIN SELECT RAISE(ABORT, 'what was delivered stays delivered'); END;

-- What ERPNext knows. All of it can be downloaded again.

CREATE TABLE cursor (
    doctype TEXT PRIMARY KEY,
    modified TEXT NOT NULL,
    name TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- The masters that are few enough to hold in memory.
CREATE TABLE master (
    doctype TEXT NOT NULL,
    name TEXT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (doctype, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE item (
    id INTEGER PRIMARY KEY,
    item_code TEXT NOT NULL UNIQUE,
    item_name TEXT NOT NULL,
    item_group TEXT NOT NULL,
    sellable INTEGER NOT NULL,
    end_of_life TEXT,
    body TEXT NOT NULL
) STRICT;

CREATE INDEX item_by_group ON item (item_group, item_name COLLATE NOCASE, item_code, end_of_life)
WHERE sellable = 1;
CREATE INDEX item_by_name ON item (item_name COLLATE NOCASE, item_code, end_of_life)
WHERE sellable = 1;

CREATE TABLE item_barcode (
    barcode TEXT PRIMARY KEY,
    item_code TEXT NOT NULL,
    uom TEXT
) STRICT, WITHOUT ROWID;

CREATE INDEX item_barcode_by_item ON item_barcode (item_code);

-- The words of sellable items: code, name, brand.
CREATE VIRTUAL TABLE item_words USING fts5 (
    words, content = '', contentless_delete = 1, prefix = '1 2 3',
    tokenize = 'unicode61 remove_diacritics 2'
);

CREATE TABLE item_price (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    item_code TEXT NOT NULL,
    price_list TEXT NOT NULL,
    price_list_rate REAL NOT NULL,
    currency TEXT NOT NULL,
    uom TEXT,
    valid_from TEXT,
    valid_upto TEXT,
    customer TEXT,
    supplier TEXT,
    batch_no TEXT,
    packing_unit INTEGER NOT NULL
) STRICT;

CREATE INDEX item_price_by_item ON item_price (item_code, price_list);

CREATE TABLE customer (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    body TEXT NOT NULL
) STRICT;

-- What customers are found by: names, telephone, e-mail, tax number.
CREATE VIRTUAL TABLE customer_words USING fts5 (
    words, content = '', contentless_delete = 1, prefix = '1 2 3',
    tokenize = 'unicode61 remove_diacritics 2'
);

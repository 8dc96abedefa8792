-- Variants are found by their template; few items are any.
ALTER TABLE item ADD COLUMN variant_of TEXT;
-- A template that may be sold: its variants are chosen from it.
ALTER TABLE item ADD COLUMN template INTEGER NOT NULL DEFAULT 0;
-- Whether it has a tile of its own: what can be sold but no variant of a template, and templates
-- of which a variant can be sold. Most items that can be sold have one, so that is the default.
ALTER TABLE item ADD COLUMN tile INTEGER NOT NULL DEFAULT 1;

UPDATE item SET variant_of = body ->> 'variant_of' WHERE body ->> 'variant_of' IS NOT NULL;
UPDATE item SET template = 1
WHERE body ->> 'has_variants' = 1 AND body ->> 'is_sales_item' = 1 AND body ->> 'disabled' = 0
    AND body ->> 'is_fixed_asset' = 0;

CREATE INDEX item_by_template ON item (variant_of, item_code) WHERE variant_of IS NOT NULL;

UPDATE item SET tile = 0
WHERE sellable = 0 OR EXISTS (
    SELECT 1 FROM item AS above WHERE above.item_code = item.variant_of AND above.template = 1
);
UPDATE item SET tile = 1
WHERE template = 1 AND EXISTS (
    SELECT 1 FROM item AS variant WHERE variant.variant_of = item.item_code AND variant.sellable = 1
);

-- Templates are searched for by words, too.
INSERT INTO item_words (rowid, words)
SELECT id, item_code || ' ' || item_name || ' ' || coalesce(body ->> 'brand', '')
FROM item WHERE template = 1;

-- Tiles are read in the order they stand in, by name, in all groups or in one.
DROP INDEX item_by_group;
DROP INDEX item_by_name;
CREATE INDEX item_by_group ON item (item_group, item_name COLLATE NOCASE, item_code, end_of_life)
WHERE tile = 1;
CREATE INDEX item_by_name ON item (item_name COLLATE NOCASE, item_code, end_of_life)
WHERE tile = 1;

CREATE TABLE address (
    name TEXT PRIMARY KEY,
    body TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- The addresses of a customer; one address may be several customers'.
CREATE TABLE address_customer (
    customer TEXT NOT NULL,
    address TEXT NOT NULL,
    PRIMARY KEY (customer, address)
) STRICT, WITHOUT ROWID;

-- To forget whose an address was.
CREATE INDEX address_customer_by_address ON address_customer (address);

-- `fell_at`: when the download began in which the quantity was last seen to have fallen.
CREATE TABLE batch (
    name TEXT PRIMARY KEY,
    item TEXT NOT NULL,
    batch_qty REAL NOT NULL,
    fell_at INTEGER,
    body TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- The batches of an item.
CREATE INDEX batch_by_item ON batch (item);

CREATE TABLE serial_no (
    name TEXT PRIMARY KEY,
    item_code TEXT NOT NULL,
    warehouse TEXT,
    status TEXT NOT NULL,
    body TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- The pieces of an item in a warehouse that can be sold, by name.
CREATE INDEX serial_no_on_hand ON serial_no (item_code, warehouse, name) WHERE status = 'Active';

-- When the download began in which a piece was seen to have left: sold before and here again, it
-- came back.
CREATE TABLE serial_no_left (
    name TEXT PRIMARY KEY,
    at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE loyalty_point_entry (
    name TEXT PRIMARY KEY,
    customer TEXT NOT NULL,
    body TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- The points of a customer.
CREATE INDEX loyalty_point_entry_by_customer ON loyalty_point_entry (customer);

-- When the last download of a doctype began that reached its end.
CREATE TABLE pulled (
    doctype TEXT PRIMARY KEY,
    at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Who made an entry: the till's signature over its hash. Entries of earlier versions have none.
ALTER TABLE journal ADD COLUMN signature BLOB;

//! Opening, checking and migrating the data files.

use std::path::Path;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};
use rusqlite_migration::{M, Migrations};

use crate::error::{Result, StoreError};
use crate::folder;

/// How long a writer waits for another connection of the same program.
const BUSY: Duration = Duration::from_secs(10);

/// One of the two data files.
pub(crate) struct DataFile {
    name: &'static str,
    migrations: &'static [M<'static>],
    /// `FULL` makes each commit durable; `NORMAL` may lose the last ones with the power, never
    /// their order.
    synchronous: &'static str,
    /// Whether a copy is kept before the file is migrated.
    precious: bool,
    /// Kilobytes of the file that a writer holds in memory.
    cache: i64,
    /// The pages after which the write-ahead log is moved into the file. A download touches pages
    /// all over the file, so that moving them seldom writes far fewer.
    checkpoint: i64,
}

/// What this till did.
pub(crate) const TILL: DataFile = DataFile {
    name: "till.sqlite",
    migrations: &[
        M::up(include_str!("migrations/till_1.sql")),
        M::up(include_str!("migrations/till_2.sql")),
        M::up(include_str!("migrations/till_3.sql")),
        M::up(include_str!("migrations/till_4.sql")),
        M::up(include_str!("migrations/till_5.sql")),
        M::up(include_str!("migrations/till_6.sql")),
        M::up(include_str!("migrations/till_7.sql")),
        M::up(include_str!("migrations/till_8.sql")),
        M::up(include_str!("migrations/till_9.sql")),
        M::up(include_str!("migrations/till_10.sql")),
    ],
    synchronous: "FULL",
    precious: true,
    cache: 2_000,
    checkpoint: 1_000,
};

/// What ERPNext knows.
pub(crate) const CATALOG: DataFile = DataFile {
    name: "catalog.sqlite",
    migrations: &[
        M::up(include_str!("migrations/catalog_1.sql")),
        M::up(include_str!("migrations/catalog_2.sql")),
    ],
    synchronous: "NORMAL",
    precious: false,
    cache: 16_000,
    checkpoint: 8_000,
};

impl DataFile {
    /// Opens the file for writing; makes and migrates it as needed.
    pub(crate) fn open(&self, dir: &Path) -> Result<Connection> {
        self.open_checked(dir)
            .map_err(|error| error.about(self.name, self.remedy()))
    }

    /// Opens the file for reading only. It must have been opened for writing before.
    pub(crate) fn open_to_read(&self, dir: &Path) -> Result<Connection> {
        let path = dir.join(self.name);
        if !path.exists() {
            let name = path.display().to_string();
            return Err(StoreError::NotFound {
                what: "data file",
                name,
            });
        }
        let open = || {
            let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
            let connection = Connection::open_with_flags(&path, flags)?;
            connection.busy_timeout(BUSY)?;
            connection.set_prepared_statement_cache_capacity(64);
            connection.pragma_update(None, "cache_size", -8_000)?;
            self.refuse_newer(&connection)?;
            Ok(connection)
        };
        open().map_err(|error: StoreError| error.about(self.name, self.remedy()))
    }

    fn open_checked(&self, dir: &Path) -> Result<Connection> {
        let path = dir.join(self.name);
        // Only then: closing a file that is open elsewhere in this program would drop its locks.
        if !path.exists() {
            drop(folder::open_private(&path)?);
            folder::sync(dir)?;
        }
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let mut connection = Connection::open_with_flags(&path, flags)?;
        connection.busy_timeout(BUSY)?;
        connection.set_prepared_statement_cache_capacity(64);
        // A file of a newer version must not even be tidied up.
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
        let found = self.refuse_newer(&connection)?;
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, false)?;
        connection
            .pragma_update_and_check(None, "journal_mode", "WAL", |row| row.get::<_, String>(0))?;
        connection.pragma_update(None, "synchronous", self.synchronous)?;
        connection.pragma_update(None, "foreign_keys", true)?;
        connection.pragma_update(None, "cache_size", -self.cache)?;
        connection.pragma_update(None, "wal_autocheckpoint", self.checkpoint)?;
        // A write-ahead log that a download made long shrinks again.
        connection.pragma_update(None, "journal_size_limit", 32 * 1024 * 1024)?;
        if found < self.known() {
            if found > 0 && self.precious {
                self.keep_copy(&connection, dir, found)?;
            }
            self.migrate(&mut connection)?;
        }
        Ok(connection)
    }

    fn remedy(&self) -> &'static str {
        if self.precious {
            "keep the data folder and restore it from a copy"
        } else {
            "move this file out of the data folder, and it is downloaded again"
        }
    }

    fn known(&self) -> u32 {
        u32::try_from(self.migrations.len()).unwrap_or(u32::MAX)
    }

    fn refuse_newer(&self, connection: &Connection) -> Result<u32> {
        let found = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
        let known = self.known();
        if found > known {
            return Err(StoreError::Newer {
                file: self.name,
                found,
                known,
            });
        }
        Ok(found)
    }

    fn keep_copy(&self, connection: &Connection, dir: &Path, found: u32) -> Result<()> {
        let path = dir.join(format!("{}.format-{found}", self.name));
        let file = folder::open_private(&path)?;
        connection.backup("main", &path, None)?;
        file.sync_all()
            .map_err(|error| StoreError::io(&path, error))?;
        folder::sync(dir)
    }

    fn migrate(&self, connection: &mut Connection) -> Result<()> {
        use rusqlite_migration::Error;
        Migrations::from_slice(self.migrations)
            .to_latest(connection)
            .map_err(|error| match error {
                Error::RusqliteError { err, .. } => err.into(),
                other => StoreError::corrupt(self.name, other),
            })
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests fail by panicking")]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    const FIRST: M<'static> = M::up("CREATE TABLE a (x INTEGER); INSERT INTO a VALUES (1)");
    const OLD: DataFile = DataFile {
        name: "till.sqlite",
        migrations: &[FIRST],
        synchronous: "FULL",
        precious: true,
        ..TILL
    };
    const NEW: DataFile = DataFile {
        migrations: &[FIRST, M::up("UPDATE a SET x = 2")],
        ..OLD
    };

    #[test]
    fn a_copy_of_the_old_file_is_kept_before_it_is_migrated() {
        let dir = tempfile::tempdir().unwrap();
        let x = |connection: &Connection| {
            connection
                .query_row("SELECT x FROM a", [], |row| row.get::<_, i64>(0))
                .unwrap()
        };
        drop(OLD.open(dir.path()).unwrap());
        assert_eq!(x(&NEW.open(dir.path()).unwrap()), 2);
        let copy = dir.path().join("till.sqlite.format-1");
        assert_eq!(x(&Connection::open(&copy).unwrap()), 1);
        assert_eq!(copy.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    }

    #[test]
    fn a_migration_that_fails_leaves_the_old_file_in_use() {
        const BROKEN: DataFile = DataFile {
            migrations: &[FIRST, M::up("UPDATE a SET x = 2; nonsense")],
            ..OLD
        };
        let dir = tempfile::tempdir().unwrap();
        drop(OLD.open(dir.path()).unwrap());
        assert!(BROKEN.open(dir.path()).is_err());
        let connection = OLD.open(dir.path()).unwrap();
        let x: i64 = connection
            .query_row("SELECT x FROM a", [], |row| row.get(0))
            .unwrap();
        assert_eq!(x, 1);
    }
}

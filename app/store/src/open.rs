//! Opening, checking and migrating the data files.

use std::path::Path;
use std::time::Duration;

use rusqlite::backup::Progress;
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};
use rusqlite_migration::{M, Migrations};

use crate::error::{Result, StoreError};
use crate::{folder, way_back};

/// How long a writer waits for another connection of the same program.
const BUSY: Duration = Duration::from_secs(10);

/// One of the two data files.
pub(crate) struct DataFile {
    name: &'static str,
    migrations: &'static [M<'static>],
    /// `FULL` makes each commit durable; `NORMAL` may lose the last ones with the power, never
    /// their order.
    synchronous: &'static str,
    /// Whether it holds what nobody else has.
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
        M::up(include_str!("migrations/till_11.sql")),
        M::up(include_str!("migrations/till_12.sql")),
        M::up(include_str!("migrations/till_13.sql")),
        M::up(include_str!("migrations/till_14.sql")),
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
        self.open_or_step_back(dir)
            .map(|(connection, _)| connection)
    }

    /// The same; tells besides from which newer format the file was brought back, because the
    /// version that had migrated it wrote nothing.
    pub(crate) fn open_or_step_back(&self, dir: &Path) -> Result<(Connection, Option<u32>)> {
        self.open_checked(dir)
            .map_err(|error| error.about(self.name, self.remedy()))
    }

    /// Makes sure that a file that can be downloaded again can be read as `read` does. One that cannot
    /// is put aside, and an empty one takes its place; answers what was wrong then. Nobody else may
    /// have it open.
    pub(crate) fn open_or_begin_anew(
        &self,
        dir: &Path,
        read: impl FnOnce(&Connection) -> Result<()>,
    ) -> Result<Option<String>> {
        let opened = self.open(dir).and_then(|connection| {
            read(&connection).map_err(|error| error.about(self.name, self.remedy()))
        });
        let StoreError::Corrupt { detail, .. } = (match opened {
            Err(error @ StoreError::Corrupt { .. }) if !self.precious => error,
            other => return other.map(|()| None),
        }) else {
            return Ok(None);
        };
        for end in ["", "-wal", "-shm"] {
            let kept = dir.join(format!("{}.damaged{end}", self.name));
            let moved = std::fs::rename(dir.join(format!("{}{end}", self.name)), &kept);
            if let Err(error) = moved
                && error.kind() != std::io::ErrorKind::NotFound
            {
                return Err(StoreError::io(&kept, error));
            }
        }
        folder::sync(dir)?;
        self.open(dir)?;
        Ok(Some(detail))
    }

    /// Empties a file that can be downloaded again, however damaged it is, for everybody who has it
    /// open.
    pub(crate) fn empty(&self, connection: &mut Connection) -> Result<()> {
        connection.flush_prepared_statement_cache();
        // What SQLite asks for before: that the file was read once, well or not.
        let _read = self.format(connection);
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_RESET_DATABASE, true)?;
        let emptied = connection.execute_batch("VACUUM");
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_RESET_DATABASE, false)?;
        emptied.map_err(|error| StoreError::from(error).about(self.name, self.remedy()))?;
        connection
            .pragma_update_and_check(None, "journal_mode", "WAL", |row| row.get::<_, String>(0))?;
        self.migrate(connection)
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

    fn open_checked(&self, dir: &Path) -> Result<(Connection, Option<u32>)> {
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
        let (mut found, mut back_from) = (self.format(&connection)?, None);
        if found > self.known() {
            self.step_back(&mut connection, dir, found)?;
            (found, back_from) = (self.known(), Some(found));
        }
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
            if found > 0 {
                self.keep_copy(&connection, dir, found)?;
            }
            self.migrate(&mut connection)?;
        }
        Ok((connection, back_from))
    }

    /// Keeps the way back to the version that wrote the file until now.
    fn keep_copy(&self, connection: &Connection, dir: &Path, found: u32) -> Result<()> {
        if self.precious {
            return way_back::keep_copy(connection, dir, self.name, found);
        }
        // Without one the older version would download again: no reason to stand still.
        for older in 1..found {
            std::fs::remove_file(way_back::copy_of(dir, self.name, older)).ok();
        }
        way_back::keep_copy(connection, dir, self.name, found).ok();
        Ok(())
    }

    /// Puts the copy from before the migration in the place of the file, all of it or nothing. The
    /// newer file is kept under the name of its format.
    fn step_back(&self, connection: &mut Connection, dir: &Path, found: u32) -> Result<()> {
        let known = self.known();
        let path = way_back::copy_of(dir, self.name, known);
        let no_way_back = match way_back::sound_copy(&path, known)? {
            Err(reason) => Some(reason),
            // What can be downloaded again is never lost.
            Ok(copy) if self.precious => way_back::lost_by(&copy, connection)?,
            Ok(_) => None,
        };
        if let Some(reason) = no_way_back {
            return Err(self.newer(found, &format!("; {reason}")));
        }
        if self.precious {
            way_back::keep_copy(connection, dir, self.name, found)?;
        }
        connection.restore("main", &path, None::<fn(Progress)>)?;
        Ok(())
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

    fn format(&self, connection: &Connection) -> Result<u32> {
        Ok(connection.pragma_query_value(None, "user_version", |row| row.get(0))?)
    }

    fn refuse_newer(&self, connection: &Connection) -> Result<()> {
        match self.format(connection)? {
            found if found > self.known() => Err(self.newer(found, "")),
            _ => Ok(()),
        }
    }

    fn newer(&self, found: u32, no_way_back: &str) -> StoreError {
        StoreError::Newer {
            file: self.name,
            found,
            known: self.known(),
            no_way_back: no_way_back.to_owned(),
        }
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
    fn what_can_be_downloaded_goes_back_to_its_copy() {
        const OLD_CATALOG: DataFile = DataFile {
            name: "catalog.sqlite",
            precious: false,
            ..OLD
        };
        const NEW_CATALOG: DataFile = DataFile {
            name: "catalog.sqlite",
            precious: false,
            ..NEW
        };
        let dir = tempfile::tempdir().unwrap();
        drop(OLD_CATALOG.open(dir.path()).unwrap());
        let newer = NEW_CATALOG.open(dir.path()).unwrap();
        newer.execute("INSERT INTO a VALUES (3)", []).unwrap();
        drop(newer);
        let (older, back_from) = OLD_CATALOG.open_or_step_back(dir.path()).unwrap();
        assert_eq!(back_from, Some(2));
        let sum: i64 = older
            .query_row("SELECT sum(x) FROM a", [], |row| row.get(0))
            .unwrap();
        assert_eq!(sum, 1);
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

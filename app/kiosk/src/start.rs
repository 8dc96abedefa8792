//! Opening a data folder and starting a till on it.

use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;

use appliance::ApplianceError;
use appliance::keys::TillKey;
use appliance::pin::Pepper;
use appliance::vault::{Sealing, SecretName, Vault};
use checkout::catalog::Catalog;
use checkout::receipt::ReceiptKey;
use checkout::shop::Shop;
use erpnext::https::{Client, ClientCertificate, SiteError};
use erpnext::request::Transport;
use hal::HalError;
use slint::ComponentHandle;
use store::{JournalSigner, Masters, ReadStore, Store, StoreError};
use thiserror::Error;

use crate::app::{self, AboutTill, App, DeviceSet, DeviceSettings, Parts, Shared};
use crate::config::{Config, ConfigError, DrawerConfig, ScreenConfig, SiteConfig, Theme};
use crate::queue::{Events, Message, Sender};
use crate::screens::customer::CustomerScreen;
use crate::screens::customer_display::DisplayTexts;
use crate::second_screen;
use crate::store_thread::{StoreHandle, StoreThread};
use crate::sync::{Sync, SyncThread};
use crate::ui::{Look, Scheme, TillWindow};
use crate::updates::{FleetTill, Updates};

/// Why a till cannot start. Each is shown on the screen with its remedy.
#[derive(Debug, Error)]
pub enum StartError {
    /// The configuration.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The stored sales and masters.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The secrets.
    #[error(transparent)]
    Appliance(#[from] ApplianceError),
    /// The address or key of the site.
    #[error(transparent)]
    Site(#[from] SiteError),
    /// The till has no key for its site.
    #[error(
        "the till has no key for {0}; scan a new enrolment sheet, or put key:secret of its user into \
         a file and name that in till.toml: [site] key_file = \"...\""
    )]
    NoSiteKey(String),
    /// A device.
    #[error(transparent)]
    Device(#[from] HalError),
    /// A file or thread.
    #[error("{what}: {source}")]
    System {
        /// What was to be done.
        what: String,
        /// Why it failed.
        source: std::io::Error,
    },
    /// The screen.
    #[error("the screen cannot be opened: {0}")]
    Screen(#[from] slint::PlatformError),
    /// The event loop.
    #[error("the screen cannot be used: {0}")]
    EventLoop(#[from] slint::EventLoopError),
}

impl StartError {
    /// Whether a new enrolment sheet, scanned at the till, is the remedy.
    pub fn wants_new_sheet(&self) -> bool {
        match self {
            Self::Appliance(error) => error.is_lost_vault(),
            Self::NoSiteKey(_) => true,
            _ => false,
        }
    }
}

/// A data folder that is open for one till.
pub struct Folder {
    store: Store,
    masters: Masters,
    path: PathBuf,
    vault: Vault,
    pepper: Arc<Pepper>,
}

/// Signs the journal for the store, which knows nothing of vaults.
struct Signer(TillKey);

impl JournalSigner for Signer {
    fn public_key(&self) -> [u8; 32] {
        self.0.public_key()
    }

    fn sign(&self, message: &[u8]) -> [u8; 64] {
        self.0.sign(message)
    }
}

impl Folder {
    /// The folder of the secrets in a data folder.
    pub fn secrets(path: &Path) -> PathBuf {
        path.join("secrets")
    }

    /// Opens a data folder, making what it lacks; `sealing` says where its secrets are locked away.
    ///
    /// # Errors
    /// [`StartError`] when it is in use, unreadable, or from a newer version.
    pub fn open(path: &Path, sealing: &Sealing) -> Result<Self, StartError> {
        let mut vault = Vault::open(&Self::secrets(path), sealing)?;
        finish_new_key(path, &mut vault)?;
        let mut installation = [0; 5];
        getrandom::fill(&mut installation).map_err(|error| {
            system("no random numbers".to_owned(), std::io::Error::other(error))
        })?;
        let signer = Box::new(Signer(vault.till_key()?));
        let store = Store::open_signing(path, installation, signer, jiff::Timestamp::now())?;
        if let Some(format) = store.stepped_back_from() {
            tracing::warn!(
                "a newer version had migrated the till's data to format {format} and written \
                 nothing; the data is as before the migration again"
            );
        }
        if let Some(damage) = store.damaged_catalog() {
            tracing::warn!(
                "catalog.sqlite is damaged ({damage}); it is kept as catalog.sqlite.damaged, and \
                 what ERPNext knows is downloaded again"
            );
        }
        let masters = Masters::open(path)?;
        let pepper = Arc::new(vault.pepper()?);
        Ok(Self {
            store,
            masters,
            path: path.to_owned(),
            vault,
            pepper,
        })
    }

    /// Gives the till a new key, to which its journal hands over, for when somebody may have had
    /// the old one.
    ///
    /// # Errors
    /// [`StartError`] when it cannot be kept; then the old one goes on.
    pub fn new_till_key(&mut self) -> Result<(), StartError> {
        let next = TillKey::generate()?;
        // First of all, so that the journal never names a key that nobody has.
        self.vault
            .keep(&[(SecretName::NextTillKey, next.expose().as_slice())])?;
        let now = jiff::Timestamp::now();
        self.store.journal_hand_over(Box::new(Signer(next)), now)?;
        finish_new_key(&self.path, &mut self.vault)
    }

    /// The secrets.
    pub fn vault(&mut self) -> &mut Vault {
        &mut self.vault
    }

    /// The sales, for setting things up before the till starts.
    pub fn store(&mut self) -> &mut Store {
        &mut self.store
    }

    /// The masters, for setting things up before the till starts.
    pub fn masters(&mut self) -> &mut Masters {
        &mut self.masters
    }

    /// What PINs are hashed with.
    pub fn pepper(&self) -> &Pepper {
        &self.pepper
    }
}

/// Puts the next till key in the place of the present one if the journal has handed over to it,
/// and forgets it if the change was cut off before that.
fn finish_new_key(data: &Path, vault: &mut Vault) -> Result<(), StartError> {
    let Some(next) = vault.next_till_key() else {
        return Ok(());
    };
    let named = ReadStore::open(data)?.records().journal_key()?;
    if named.is_some_and(|key| key.0 == next.public_key()) {
        vault.keep(&[(SecretName::TillKey, next.expose().as_slice())])?;
    }
    Ok(vault.forget(&[SecretName::NextTillKey])?)
}

/// A till that runs. Dropping it stops its threads.
pub struct Running {
    app: Shared,
    sender: Sender,
    _timer: slint::Timer,
    store: StoreThread,
}

impl Drop for Running {
    fn drop(&mut self) {
        // Before the threads are waited for: they must not wait for the screen.
        self.sender.close();
    }
}

impl Running {
    /// The event loop's state.
    pub fn app(&self) -> &Shared {
        &self.app
    }

    /// Asks the store's thread, behind all that it was asked before.
    pub fn store(&self) -> StoreHandle {
        self.store.handle()
    }
}

/// How the till reaches ERPNext.
pub enum Link<T> {
    /// Through this.
    Site(T),
    /// Not at all: what is sold is kept.
    None,
}

/// Starts a till in a window on an open folder, with these devices and this site.
///
/// # Errors
/// [`StartError`] when a part cannot be started.
pub fn start<T: Transport + Send + 'static>(
    window: &TillWindow,
    folder: Folder,
    config: &Config,
    events: Arc<Events>,
    devices: DeviceSet,
    link: Link<T>,
) -> Result<Running, StartError> {
    dress(window, &config.screen);
    let Folder {
        store,
        masters,
        path,
        pepper,
        mut vault,
    } = folder;
    let shop_key = vault.shop_key();
    let has_shop_key = shop_key.is_some();
    let receipt_key = shop_key.map(|key| ReceiptKey::new(*key.receipt_key()));
    let sender = Sender::new(events.clone());
    let closing = sender.clone();
    let resume = store.resume()?;
    let damaged = store.damaged_catalog().is_some();
    let installation = store.installation().to_owned();
    let unprinted = store.print_jobs_pending()?;
    let unprinted_reports = store.reports_pending()?;
    let read = ReadStore::open(&path)?;
    let shop = Shop::assemble(&config.pos_profile, read.small_masters()?);
    let thread = StoreThread::start(store)
        .map_err(|source| system("the store's thread did not start".to_owned(), source))?;
    let handle = thread.handle();
    let sync = match link {
        Link::None => None,
        Link::Site(transport) => {
            let sync = Sync::new(
                transport,
                handle.clone(),
                masters,
                &config.pos_profile,
                &config.till,
                sender.clone(),
            )?
            .noting_in(&path)
            .sharing_pins(has_shop_key);
            let sync = if damaged { sync.after_damage() } else { sync };
            let started = SyncThread::start(sync);
            Some(started.map_err(|e| system("the sync's thread did not start".to_owned(), e))?)
        }
    };
    if let Err(missing) = &shop {
        sender.send(Message::NoShop(missing.to_string()));
    }
    let fleet = FleetTill::of(config, &path, &mut vault);
    let updates = Updates::start(
        &config.appliance,
        &path,
        &config.updates,
        fleet,
        sender.clone(),
    )
    .unwrap_or_else(|error| {
        // The till sells without them.
        tracing::warn!("there are no updates: {error}");
        None
    });
    let folder = path.clone();
    let customer_screen = customer_screen(&path, config);
    let parts = Parts {
        till: config.till.clone(),
        receipt_head: config.receipt.clone(),
        store: handle,
        installation,
        resume,
        unprinted,
        unprinted_reports,
        read,
        catalog: Box::new(move || Ok(Box::new(ReadStore::open(&path)?) as Box<dyn Catalog>)),
        pepper,
        devices,
        device_settings: DeviceSettings {
            drawer_notice_after: DrawerConfig::notice_after(config.drawer.as_ref()),
            drawer_sensor_is_set_up: config.drawer.as_ref().is_some_and(|it| it.sensor.is_some())
                || config
                    .printer
                    .as_ref()
                    .is_some_and(|it| it.drawer_open_when.is_some()),
            display: config
                .line_display
                .as_ref()
                .map_or_else(DisplayTexts::default, |display| DisplayTexts {
                    welcome: display.welcome.clone(),
                    closed: display.closed.clone(),
                }),
        },
        customer_screen,
        sync,
        shop: shop.ok().map(Arc::new),
        events: sender,
        clock: Box::new(jiff::Timestamp::now),
        screen: config.screen.clone(),
        points_limit: config.loyalty.offline_limit,
        policy: config.manager.clone(),
        receipt_key,
        updates,
        about: AboutTill {
            pos_profile: config.pos_profile.clone(),
            site: config.site.as_ref().map(|site| site.url.clone()),
            data: folder,
        },
    };
    let app = Rc::new(std::cell::RefCell::new(App::new(window, parts)?));
    app::connect(window, &app, events.clone())?;
    let timer = slint::Timer::default();
    let ticking = app.clone();
    let each_second = std::time::Duration::from_secs(1);
    timer.start(slint::TimerMode::Repeated, each_second, move || {
        if let Ok(mut app) = ticking.try_borrow_mut() {
            app.tick();
        }
    });
    Ok(Running {
        app,
        sender: closing,
        _timer: timer,
        store: thread,
    })
}

/// Opens the screen in front of the customer where one is set up. One that cannot be opened is left
/// out, with its reason where devices are looked at: a shop sells without it.
fn customer_screen(data: &Path, config: &Config) -> Option<CustomerScreen> {
    let Some(wanted) = &config.customer_screen else {
        second_screen::set_shown(second_screen::Shown::Nowhere);
        return None;
    };
    let logo = config.printer.as_ref().and_then(|it| it.logo.as_deref());
    match CustomerScreen::open(wanted, &config.screen, wanted.picture(data, logo)) {
        Ok(screen) => Some(screen),
        Err(error) => {
            tracing::warn!("the customer's screen stays dark: {error}");
            None
        }
    }
}

/// Gives a window its colours and the size of its texts.
pub(crate) fn dress(window: &TillWindow, screen: &ScreenConfig) {
    dress_as(&window.global::<Look>(), screen.theme, screen.text_size);
}

/// The same for any window; the size is in per cent, 0 for 100.
pub(crate) fn dress_as(look: &Look<'_>, theme: Theme, size: u8) {
    look.set_scheme(match theme {
        Theme::Light => Scheme::Light,
        Theme::Dark => Scheme::Dark,
        Theme::HighContrast => Scheme::HighContrast,
    });
    look.set_text_scale(if size == 0 {
        1.0
    } else {
        f32::from(size) / 100.0
    });
}

/// The way to the site that the configuration names, with the secrets of the vault. Secrets that
/// still lie in files are taken over first, and the files removed.
///
/// # Errors
/// [`StartError`] when there is no key, a file cannot be read, or the address is none.
pub fn site(folder: &mut Folder, config: Option<&SiteConfig>) -> Result<Link<Client>, StartError> {
    let Some(config) = config else {
        return Ok(Link::None);
    };
    if let Some(file) = &config.key_file {
        let file = folder.path.join(file);
        folder.vault.take_over(SecretName::SiteKey, &file)?;
    }
    if let Some(file) = &config.client_certificate {
        let file = folder.path.join(file);
        folder
            .vault
            .take_over(SecretName::ClientCertificate, &file)?;
    }
    let key = folder.vault.site_key();
    let key = key.ok_or_else(|| StartError::NoSiteKey(config.url.clone()))?;
    let mut site = erpnext::https::SiteConfig::new(&config.url, key.trim())?;
    if let Some(certificates) = &config.certificates {
        let path = folder.path.join(certificates);
        let pem = std::fs::read(&path)
            .map_err(|source| system(format!("cannot read {}", path.display()), source))?;
        site.roots = erpnext::https::Roots::from_pem(&pem)?;
    }
    site.pins = config.pins.clone();
    if let Some(pem) = folder.vault.get(SecretName::ClientCertificate) {
        site.client = Some(ClientCertificate::from_pem(pem)?);
    }
    Ok(Link::Site(Client::new(site)?))
}

fn system(what: String, source: std::io::Error) -> StartError {
    StartError::System { what, source }
}

//! From the callbacks of the Manager screen to the app.

use slint::ComponentHandle;

use super::super::Shared;
use super::super::fingers::callbacks;
use super::access::Wanted;
use crate::ui::{self, TillWindow};

/// Connects the callbacks of the Manager screen.
pub(in crate::app) fn connect(window: &TillWindow, app: &Shared) {
    let manager = window.global::<ui::Manager>();
    callbacks!(app, manager:
        on_place_chosen(place) => |till| till.place_chosen(place);
        on_closed() => |till| till.close_manager();
        on_manager_chosen(place) => |till| till.access_manager(place);
        on_pin_digit(digit) => |till| till.access_digit(&digit);
        on_pin_erase() => |till| till.access_erase();
        on_pin_entered() => |till| till.access_entered();
        on_asking_left() => |till| till.access_left();
    );
    let sync = window.global::<ui::Sync>();
    callbacks!(app, sync:
        on_chosen(place) => |till| till.unsent_chosen(place);
        on_retry() => |till| till.retry_unsent();
        on_new_sheet() => |till| till.as_manager(Wanted::NewSheet);
        on_retry_all() => |till| till.try_again();
        on_settle_wanted() => |till| till.settle_wanted();
        on_reason_chosen(place) => |till| till.settle_reason(place);
        on_settled() => |till| till.settle_confirmed();
        on_settle_left() => |till| till.settle_left();
    );
    let staff = window.global::<ui::Staff>();
    callbacks!(app, staff:
        on_chosen(place) => |till| till.person_chosen(place);
        on_pin_wanted() => |till| till.pin_wanted();
        on_unlocked() => |till| till.unlock_wanted();
        on_role_changed() => |till| till.role_wanted();
        on_disabled_changed() => |till| till.disable_wanted();
        on_adding_wanted() => |till| till.adding_wanted();
        on_new_edited() => |till| till.refresh();
        on_added() => |till| till.person_described();
        on_adding_left() => |till| till.adding_left();
    );
    let new_pin = window.global::<ui::NewPin>();
    callbacks!(app, new_pin:
        on_digit(digit) => |till| till.new_pin_digit(&digit);
        on_erase() => |till| till.new_pin_erase();
        on_entered() => |till| till.new_pin_entered();
        on_left() => |till| till.new_pin_left();
    );
    let devices = window.global::<ui::Devices>();
    callbacks!(app, devices:
        on_acted(place) => |till| till.device_acted(place);
        on_bytes_wanted(place) => |till| till.bytes_wanted(place);
        on_bytes_left() => |till| till.bytes_left();
        on_bytes_exported(place) => |till| till.bytes_export_wanted(place);
        on_setup_opened() => |till| till.setup_opened(true);
        on_setup_closed() => |till| till.setup_opened(false);
        on_setup_exported(place) => |till| till.setup_export_wanted(place);
        on_setup_wanted(place) => |till| till.setup_import_wanted(place);
        on_setup_taken() => |till| till.setup_taken();
        on_setup_left() => |till| till.setup_left();
    );
    let updates = window.global::<ui::Updates>();
    callbacks!(app, updates:
        on_look() => |till| till.look_for_updates();
        on_acted() => |till| till.as_manager(Wanted::Update);
    );
    let about = window.global::<ui::About>();
    callbacks!(app, about:
        on_new_sheet() => |till| till.as_manager(Wanted::NewSheet);
    );
    let upkeep = window.global::<ui::Upkeep>();
    callbacks!(app, upkeep:
        on_export_log(place) => |till| till.log_wanted(place);
        on_empty_wanted() => |till| till.as_manager(Wanted::EmptyBox);
        on_emptied() => |till| till.empty_confirmed();
        on_empty_left() => |till| till.empty_left();
        on_clock_wanted() => |till| till.as_manager(Wanted::SetClock);
        on_clock_step(part, step) => |till| till.clock_step(part, step);
        on_clock_left() => |till| till.clock_left();
        on_clock_confirmed() => |till| till.clock_confirmed();
    );
    let sleep = window.global::<ui::Sleep>();
    callbacks!(app, sleep:
        on_woken() => |till| till.wake();
    );
    let journal = window.global::<ui::Journal>();
    callbacks!(app, journal:
        on_check() => |till| till.check_journal();
        on_export(place) => |till| till.export_wanted(place);
    );
}

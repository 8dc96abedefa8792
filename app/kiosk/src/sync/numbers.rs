//! Whether the till still knows what it sold. One whose data folder was put back from a copy does
//! not, and would give numbers out twice.

use checkout::sale::ReceiptNumber;
use checkout::till::Event;
use erpnext::office::{LastReceipt, OfficeError, last_receipt};
use erpnext::problem::Problem;
use erpnext::request::Transport;
use jiff::Timestamp;

use super::courier::is_of_site;
use super::{Ended, Sync, Trouble};
use crate::queue::Message;

/// What is known of the receipts that ERPNext has of this till.
pub(super) enum Numbers {
    /// It was not asked since the start.
    Unasked,
    /// It has some that this folder does not know of.
    Behind(LastReceipt),
    /// All numbers to come are new.
    New,
}

impl<T: Transport> Sync<T> {
    /// Asks the site once after each start for the last receipt of this till. Where this box sold it
    /// and does not know, its numbers begin above; with a shift open that has to wait, because the
    /// numbers of a shift have no gap.
    pub(super) fn compare_numbers(&mut self) -> Result<(), Ended> {
        let last = match &self.numbers {
            Numbers::New => return Ok(()),
            Numbers::Behind(last) => last.clone(),
            Numbers::Unasked => match last_receipt(&mut self.transport, &self.prefix) {
                Ok(None) => {
                    self.numbers = Numbers::New;
                    return Ok(());
                }
                Ok(Some(last)) => last,
                // What else is asked tells what is wrong; this is asked again.
                Err(OfficeError::Refused { reason, .. }) => {
                    if let Some(problem) = Problem::of_site(&reason).filter(is_of_site) {
                        self.site_fails(problem, None);
                    }
                    return Ok(());
                }
                Err(_) => return Ok(()),
            },
        };
        let (events, site) = (self.events.clone(), last.clone());
        let own = self.store.call(move |store| {
            let own = store.last_receipt_number()?;
            if site.installation != store.installation() || site.number <= own {
                return Ok(None);
            }
            let above = site.begin_above();
            if !store.begin_receipts_above(above, Timestamp::now())? {
                return Ok(Some(own));
            }
            // By the store's thread, so that it is heard before the next shift is opened.
            let begin = Event::ReceiptsBeginAbove(above);
            events.send(Message::Stored(Box::new(begin)));
            Ok(None)
        })?;
        match own.map_err(Ended::Store)? {
            None => {
                self.numbers = Numbers::New;
                self.troubles.numbers = None;
            }
            Some(own) => {
                self.troubles.numbers = Some(self.behind(own, last.number));
                self.numbers = Numbers::Behind(last);
            }
        }
        Ok(())
    }

    fn behind(&self, own: u64, site: u64) -> Trouble {
        let number = |number| ReceiptNumber {
            till: self.prefix.clone(),
            number,
        };
        let (own, site) = (number(own), number(site));
        Trouble {
            cause: format!(
                "ERPNext has receipts of this till up to {site}, and the till knows of them up to {own}: its data was put back from an older copy"
            ),
            remedy: "Close the shift as soon as you can: the receipts of the next one get numbers that were never given out.".to_owned(),
            new_sheet: false,
        }
    }
}

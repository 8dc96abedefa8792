//! What the virtual terminal does with a connection.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::os::fd::AsFd;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use super::ledger::Transaction;
use super::paper::{self, Block, block};
use super::{CableCut, Repeats, Shared, TerminalAnswer};
use crate::zvt::apdu::ApduReader;
use crate::zvt::fields::{Fields, bcd, to_bcd};
use crate::zvt::result_code::{ABORTED, BUSY, OK, WRONG_CURRENCY};

/// How long it waits for the till's acknowledgements.
const PATIENCE: Duration = Duration::from_secs(5);
/// How often it looks whether it was changed while nobody rings.
const LOOK: Duration = Duration::from_millis(50);

/// That `06 D3` is among the commands that a till takes.
const TEXT_BLOCKS: [u8; 4] = [0x0A, 0x02, 0x06, 0xD3];

/// The connection is gone, or the terminal.
struct Lost;

pub(super) struct Body {
    shared: Arc<Shared>,
    address: SocketAddr,
    listener: Option<TcpListener>,
}

impl Body {
    pub(super) fn new(shared: Arc<Shared>, address: SocketAddr, listener: TcpListener) -> Body {
        Body {
            shared,
            address,
            listener: Some(listener),
        }
    }

    pub(super) fn run(mut self) {
        while !self.shared.stop.load(Ordering::Acquire) {
            let reachable = {
                let state = self.shared.lock();
                state.plugged && state.powered
            };
            if !reachable {
                self.listener = None;
            } else if self.listener.is_none() {
                self.listener = TcpListener::bind(self.address).ok();
            }
            let until = Some(Instant::now() + LOOK);
            let Some(listener) = &self.listener else {
                self.shared.bell.wait(None, false, until);
                continue;
            };
            let _ = listener.set_nonblocking(true);
            if self.shared.bell.wait(Some(listener.as_fd()), false, until)
                && let Ok((stream, _)) = listener.accept()
            {
                let mut connection = Connection {
                    shared: &self.shared,
                    stream,
                    reader: ApduReader::new(),
                    unread: Vec::new(),
                    cancelled: false,
                    blocks: false,
                };
                // Gone is how every connection ends.
                let _ = connection.serve();
            }
        }
    }
}

struct Connection<'a> {
    shared: &'a Shared,
    stream: TcpStream,
    reader: ApduReader,
    unread: Vec<u8>,
    cancelled: bool,
    /// The till has said that it takes receipts as blocks of text.
    blocks: bool,
}

/// A block that came.
struct Came {
    command: [u8; 2],
    data: Vec<u8>,
}

impl Connection<'_> {
    fn serve(&mut self) -> Result<(), Lost> {
        self.stream.set_nonblocking(true).map_err(|_| Lost)?;
        let _ = self.stream.set_nodelay(true);
        let mut registered = false;
        loop {
            let came = self.receive(None)?;
            let answer = {
                let mut state = self.shared.lock();
                state.commands.push(came.command);
                state.answer
            };
            match answer {
                TerminalAnswer::WebServer => {
                    self.send(b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n")?;
                    return Err(Lost);
                }
                TerminalAnswer::Nothing => continue,
                TerminalAnswer::Endless if registered => return self.talk_on(),
                _ => {}
            }
            match came.command {
                [0x06, 0x00] => registered = self.register(&came.data)?,
                [0x06, 0xB0] => self.send(&[0x80, 0x00, 0x00])?,
                _ if !registered => self.send(&[0x84, 0x6B, 0x00])?,
                [0x05, 0x01] => self.enquire()?,
                [0x06, 0x20] => self.repeat()?,
                [0x06, 0x50] => self.close_day()?,
                [0x06, 0x10] => self.tell_totals()?,
                [0x06, 0x01] => self.pay(&came.data, 1)?,
                [0x06, 0x31] => self.pay(came.data.get(3..).unwrap_or_default(), -1)?,
                [0x06, 0x30] => self.reverse(came.data.get(3..).unwrap_or_default())?,
                _ => {
                    self.shared.lock().unknown += 1;
                    self.send(&[0x84, 0x83, 0x00])?;
                }
            }
        }
    }

    fn register(&mut self, data: &[u8]) -> Result<bool, Lost> {
        let password = data.get(..3).and_then(bcd);
        let right = password == Some(u64::from(self.shared.lock().password));
        // The configuration byte, then perhaps a currency, and fields behind that alone.
        let after = data.get(4..).unwrap_or_default();
        let currency = after.get(..2).unwrap_or(after);
        let own = u64::from(self.shared.lock().currency);
        let foreign = !currency.is_empty() && bcd(currency) != Some(own);
        self.blocks = after
            .windows(TEXT_BLOCKS.len())
            .any(|it| it == TEXT_BLOCKS.as_slice());
        self.send(&[0x80, 0x00, 0x00])?;
        if !right || foreign {
            let code = if right { WRONG_CURRENCY } else { 0xFF };
            self.expect(&block(0x06, 0x1E, &[code]))?;
            return Ok(false);
        }
        let mut completion = vec![0x19, 0x00, 0x29, 0x52, 0x50, 0x00, 0x41, 0x49];
        completion.extend(to_bcd::<2>(own).unwrap_or_default());
        self.expect(&block(0x06, 0x0F, &completion))?;
        Ok(true)
    }

    fn enquire(&mut self) -> Result<(), Lost> {
        self.send(&[0x80, 0x00, 0x00])?;
        let status = {
            let mut state = self.shared.lock();
            let busy = state.busy_for > 0;
            state.busy_for = state.busy_for.saturating_sub(1);
            if busy { BUSY } else { OK }
        };
        self.expect(&block(
            0x06,
            0x0F,
            &[0xF0, 0xF0, 0xF4, b'1', b'.', b'0', b'7', status],
        ))
    }

    fn repeat(&mut self) -> Result<(), Lost> {
        let last = {
            let state = self.shared.lock();
            match state.repeats {
                Repeats::Booked => state.last_booked.clone(),
                Repeats::Any => state.last.clone(),
                Repeats::Nothing => None,
            }
        };
        let Some(last) = last else {
            return self.send(&[0x84, 0x83, 0x00]);
        };
        self.send(&[0x80, 0x00, 0x00])?;
        let told = self.status(&last);
        self.expect(&told)?;
        if last.day.is_some() {
            self.print_day(&last)?;
        } else {
            self.print(&last, None)?;
        }
        self.expect(&block(0x06, 0x0F, &[]))
    }

    fn close_day(&mut self) -> Result<(), Lost> {
        self.cut_at(CableCut::AtOnce)?;
        let answer = self.shared.lock().answer;
        if self.answers_wrongly(answer)? {
            return Ok(());
        }
        self.send(&[0x80, 0x00, 0x00])?;
        self.expect(&paper::intermediate(0x0F, None))?;
        self.cut_at(CableCut::BeforeApproval)?;
        self.pause()?;
        if let TerminalAnswer::Decline(code) = answer {
            return self.expect(&block(0x06, 0x1E, &[code]));
        }
        let closing = self.shared.lock().close();
        self.cut_at(CableCut::AfterApproval)?;
        self.expect(&paper::day_status(&closing))?;
        self.cut_at(CableCut::AfterResult)?;
        self.print_day(&closing)?;
        self.cut_at(CableCut::AtTheEnd)?;
        self.expect(&block(0x06, 0x0F, &[]))
    }

    fn print_day(&mut self, closing: &Transaction) -> Result<(), Lost> {
        let lines = paper::day_lines(closing);
        for (at, line) in lines.iter().enumerate() {
            self.expect(&paper::print_line(line, at + 1 == lines.len()))?;
        }
        Ok(())
    }

    fn tell_totals(&mut self) -> Result<(), Lost> {
        let (totals, repeats) = {
            let state = self.shared.lock();
            (state.totals(), state.repeats)
        };
        if repeats == Repeats::Nothing {
            return self.send(&[0x84, 0x83, 0x00]);
        }
        self.send(&[0x80, 0x00, 0x00])?;
        self.expect(&paper::day_status(&totals))?;
        self.expect(&block(0x06, 0x0F, &[]))
    }

    /// Says that it is at it until it is changed or nobody takes that any more.
    fn talk_on(&mut self) -> Result<(), Lost> {
        self.send(&[0x80, 0x00, 0x00])?;
        loop {
            let pause = {
                let state = self.shared.lock();
                if state.answer != TerminalAnswer::Endless {
                    return Err(Lost);
                }
                state.slow
            };
            self.send(&paper::intermediate(0x0A, None))?;
            std::thread::sleep(pause);
        }
    }

    /// Sends what is no answer to an order, if that is wanted.
    fn answers_wrongly(&mut self, answer: TerminalAnswer) -> Result<bool, Lost> {
        match answer {
            TerminalAnswer::Refuse(code) => self.send(&[0x84, code, 0x00])?,
            TerminalAnswer::Garbage => self.send(b"\x06\x0F\x02\x27\x00\xA5\x5A\xFF")?,
            TerminalAnswer::Half => self.send(&[0x04, 0x0F, 0x20, 0x27, 0x00, 0x04])?,
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn pay(&mut self, data: &[u8], sign: i64) -> Result<(), Lost> {
        let amount = Fields::of(data).find(|field| field.bitmap == 0x04);
        let amount = amount.and_then(|field| bcd(field.value)).unwrap_or(0);
        let cents = sign * i64::try_from(amount).unwrap_or(0);
        self.cut_at(CableCut::AtOnce)?;
        let answer = self.shared.lock().answer;
        if self.answers_wrongly(answer)? {
            return Ok(());
        }
        self.cancelled = false;
        self.send(&[0x80, 0x00, 0x00])?;
        let step = |connection: &mut Self| {
            connection.expect(&paper::intermediate(0x0A, None))?;
            connection.wait_for_card()?;
            if connection.cancelled {
                return Ok(());
            }
            connection.expect(&paper::intermediate(0x04, Some("Bitte warten...")))?;
            connection.cut_at(CableCut::BeforeApproval)?;
            connection.pause()
        };
        let reached: Result<(), Lost> = step(self);
        let cut = reached.is_err();
        if cut {
            let (goes_on, pause) = {
                let state = self.shared.lock();
                (state.goes_on_alone, state.slow)
            };
            if !goes_on {
                return Err(Lost);
            }
            std::thread::sleep(pause);
        }
        if self.cancelled || answer == TerminalAnswer::CustomerAborts {
            return self.abort(ABORTED, cents);
        }
        if let TerminalAnswer::Decline(code) = answer {
            return self.abort(code, cents);
        }
        let booked = self.shared.lock().book(cents);
        if cut {
            return Err(Lost);
        }
        self.tell_result(&booked)
    }

    fn reverse(&mut self, data: &[u8]) -> Result<(), Lost> {
        let number = Fields::of(data).find(|field| field.bitmap == 0x87);
        let number = number.and_then(|field| bcd(field.value)).unwrap_or(0);
        self.cut_at(CableCut::AtOnce)?;
        let taken_back = {
            let number = u32::try_from(number).unwrap_or(0);
            self.shared.lock().take_back(number)
        };
        let Some(transaction) = taken_back else {
            self.send(&[0x80, 0x00, 0x00])?;
            return self.expect(&block(0x06, 0x1E, &[0xB5]));
        };
        self.send(&[0x80, 0x00, 0x00])?;
        self.tell_result(&transaction)
    }

    fn tell_result(&mut self, transaction: &Transaction) -> Result<(), Lost> {
        let told = self.status(transaction);
        let told = self
            .cut_at(CableCut::AfterApproval)
            .and_then(|()| self.expect(&told));
        if told.is_err() {
            let mut state = self.shared.lock();
            if state.takes_back_unacknowledged {
                state.take_back(transaction.receipt_number);
            }
            return Err(Lost);
        }
        self.cut_at(CableCut::AfterResult)?;
        self.print(transaction, Some(false))?;
        self.print(transaction, Some(true))?;
        self.cut_at(CableCut::AtTheEnd)?;
        self.expect(&block(0x06, 0x0F, &[]))
    }

    fn abort(&mut self, code: u8, cents: i64) -> Result<(), Lost> {
        let declined = {
            let mut state = self.shared.lock();
            state.next(code, cents, None)
        };
        let told = self.status(&declined);
        self.expect(&told)?;
        // Terminals print what a bank said no to.
        if code != ABORTED {
            self.print(&declined, Some(false))?;
            self.print(&declined, Some(true))?;
        }
        self.expect(&block(0x06, 0x1E, &[code]))
    }

    fn status(&self, transaction: &Transaction) -> Block {
        if transaction.day.is_some() {
            return paper::day_status(transaction);
        }
        let currency = self.shared.lock().currency;
        paper::status(transaction, currency)
    }

    /// Prints for the merchant, the customer, or both.
    fn print(&mut self, transaction: &Transaction, customer: Option<bool>) -> Result<(), Lost> {
        let lines_only = self.shared.lock().lines_only || !self.blocks;
        for whom in [false, true] {
            if customer.is_some_and(|customer| customer != whom) {
                continue;
            }
            let lines = paper::lines(transaction, whom);
            if !lines_only {
                self.expect(&paper::print_block(whom, &lines))?;
                continue;
            }
            for (at, line) in lines.iter().enumerate() {
                self.expect(&paper::print_line(line, at + 1 == lines.len()))?;
            }
        }
        Ok(())
    }

    /// Waits until the customer has presented the card or the till has cancelled.
    fn wait_for_card(&mut self) -> Result<(), Lost> {
        self.pause()?;
        while self.shared.lock().holding && !self.cancelled {
            self.listen(Instant::now() + LOOK)?;
        }
        Ok(())
    }

    fn pause(&mut self) -> Result<(), Lost> {
        let until = Instant::now() + self.shared.lock().slow;
        while Instant::now() < until && !self.cancelled {
            self.listen(until)?;
        }
        Ok(())
    }

    /// Hears whether the till cancels.
    fn listen(&mut self, until: Instant) -> Result<(), Lost> {
        match self.receive(Some(until)) {
            Ok(came) => {
                if came.command == [0x06, 0xB0] {
                    self.shared.lock().commands.push(came.command);
                    self.cancelled = true;
                    self.send(&[0x80, 0x00, 0x00])?;
                }
                Ok(())
            }
            Err(Lost) if Instant::now() >= until => self.alive(),
            Err(Lost) => Err(Lost),
        }
    }

    fn alive(&self) -> Result<(), Lost> {
        let state = self.shared.lock();
        let alive = state.plugged && state.powered && !self.shared.stop.load(Ordering::Acquire);
        alive.then_some(()).ok_or(Lost)
    }

    /// Pulls the cable or the plug if that was wanted here.
    fn cut_at(&mut self, place: CableCut) -> Result<(), Lost> {
        let mut state = self.shared.lock();
        if state.cut != Some(place) {
            return Ok(());
        }
        state.cut = None;
        if state.cut_power {
            state.powered = false;
        }
        let _ = self.stream.shutdown(std::net::Shutdown::Both);
        Err(Lost)
    }

    /// Sends a block and waits for its acknowledgement.
    fn expect(&mut self, bytes: &Block) -> Result<(), Lost> {
        self.send(bytes)?;
        let until = Instant::now() + PATIENCE;
        loop {
            let came = self.receive(Some(until))?;
            match came.command {
                [0x80, 0x00] => return Ok(()),
                [0x84, _] => return Err(Lost),
                [0x06, 0xB0] => {
                    self.shared.lock().commands.push(came.command);
                    self.cancelled = true;
                    self.send(&[0x80, 0x00, 0x00])?;
                }
                _ => self.shared.lock().unknown += 1,
            }
        }
    }

    fn send(&mut self, mut bytes: &[u8]) -> Result<(), Lost> {
        while !bytes.is_empty() {
            self.alive()?;
            match self.stream.write(bytes) {
                Ok(written) => bytes = bytes.get(written..).unwrap_or_default(),
                Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {
                    let until = Some(Instant::now() + LOOK);
                    self.shared
                        .bell
                        .wait(Some(self.stream.as_fd()), true, until);
                }
                Err(_) => return Err(Lost),
            }
        }
        Ok(())
    }

    /// The next block; gone when none has come until then.
    fn receive(&mut self, until: Option<Instant>) -> Result<Came, Lost> {
        loop {
            self.alive()?;
            let mut unread = std::mem::take(&mut self.unread).into_iter();
            for byte in unread.by_ref() {
                match self.reader.push(byte) {
                    None => {}
                    Some(Ok(apdu)) => {
                        let came = Came {
                            command: [apdu.class, apdu.instruction],
                            data: apdu.data.to_vec(),
                        };
                        self.unread = unread.collect();
                        return Ok(came);
                    }
                    Some(Err(_)) => self.shared.lock().unknown += 1,
                }
            }
            let look = Instant::now() + LOOK;
            let next = until.map_or(look, |until| until.min(look));
            let readable = self
                .shared
                .bell
                .wait(Some(self.stream.as_fd()), false, Some(next));
            if !readable {
                if until.is_some_and(|until| Instant::now() >= until) {
                    return Err(Lost);
                }
                continue;
            }
            let mut buffer = [0; 512];
            match self.stream.read(&mut buffer) {
                Ok(0) => return Err(Lost),
                Ok(read) => self.unread.extend(buffer.iter().take(read)),
                Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {}
                Err(_) => return Err(Lost),
            }
        }
    }
}

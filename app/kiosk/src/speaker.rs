//! The till's two sounds: a click for a code that was taken, a low double tone for one that was
//! not. They are made here and played by ALSA's `aplay`, so that building the till needs no sound
//! headers; a machine without it, or without a loudspeaker, is silent.

use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::mpsc::{SyncSender, sync_channel};

use checkout::till::Sound;

/// Samples a second.
const RATE: u32 = 22_050;

/// Plays sounds on a thread of its own. A sound that comes while others wait is left out: late
/// ones would only confuse.
pub struct Speaker(SyncSender<Sound>);

impl Speaker {
    /// The machine's loudspeaker; `None` where it has none that the till can use.
    pub fn find() -> Option<Self> {
        let aplay = find_aplay()?;
        let (sounds, waiting) = sync_channel(2);
        let run = move || {
            for sound in waiting {
                play(&aplay, sound);
            }
        };
        std::thread::Builder::new()
            .name("speaker".into())
            .spawn(run)
            .ok()?;
        Some(Self(sounds))
    }

    /// Plays a sound, without waiting for it.
    pub fn play(&self, sound: Sound) {
        let _left_out_when_busy = self.0.try_send(sound);
    }
}

fn find_aplay() -> Option<PathBuf> {
    // Without a sound card it would only fail, a process for every scan.
    std::path::Path::new("/dev/snd/controlC0")
        .exists()
        .then_some(())?;
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .map(|folder| folder.join("aplay"))
        .find(|file| file.is_file())
}

fn play(aplay: &PathBuf, sound: Sound) {
    let rate = RATE.to_string();
    let started = Command::new(aplay)
        .args(["-q", "-t", "raw", "-f", "S16_LE", "-c", "1", "-r", &rate])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    let Ok(mut player) = started else { return };
    if let Some(mut input) = player.stdin.take() {
        // A player that went away has nobody to tell.
        let _played = input.write_all(&samples(sound));
    }
    let _ended = player.wait();
}

/// The sound as signed 16-bit samples, little-endian.
fn samples(sound: Sound) -> Vec<u8> {
    // Pitch in hertz (0 for a pause) and length in milliseconds.
    let tones: &[(f32, u32)] = match sound {
        Sound::Taken => &[(1_760.0, 30)],
        Sound::Refused => &[(220.0, 140), (0.0, 40), (220.0, 140)],
    };
    let mut bytes = Vec::new();
    for (pitch, milliseconds) in tones {
        let length = RATE * milliseconds / 1_000;
        for place in 0..length {
            let time = place as f32 / RATE as f32;
            // Fades at both ends, so that it does not crack.
            let edge = (place.min(length - place) as f32 / 100.0).min(1.0);
            let wave = (time * pitch * std::f32::consts::TAU).sin() * edge * 9_000.0;
            bytes.extend_from_slice(&(wave as i16).to_le_bytes());
        }
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_two_sounds_differ_in_length_and_end_in_silence() {
        let (taken, refused) = (samples(Sound::Taken), samples(Sound::Refused));
        assert!(taken.len() * 5 < refused.len(), "a click and a double tone");
        for sound in [taken, refused] {
            let sizes: Vec<u16> = sound
                .chunks_exact(2)
                .map(|pair| i16::from_le_bytes([pair[0], pair[1]]).unsigned_abs())
                .collect();
            assert!(sizes.iter().max() > Some(&5_000), "it can be heard");
            assert!(sizes.last() < Some(&200), "it fades out");
        }
    }
}

//! What the appliance's first program makes of bytes that somebody plugs in, apart from the program, so
//! that any bytes can be tried.

pub mod console;
pub mod fat;
pub mod usb_devices;

//! Keeps the letters of every file rotated by 13 places on the storage, and shows them as they were.

use glossa::*;

struct Rot13;

fn rotate(byte: u8) -> u8 {
    match byte {
        b'A'..=b'M' | b'a'..=b'm' => byte + 13,
        b'N'..=b'Z' | b'n'..=b'z' => byte - 13,
        _ => byte,
    }
}

/// A rotated copy of the bytes.
fn rotated(bytes: &[u8]) -> Vec<u8> {
    bytes.iter().map(|byte| rotate(*byte)).collect()
}

translator! {
    impl Translator for Rot13 {
        fn init(_: Volume<Self>) -> Result<Self, String> {
            Ok(Rot13)
        }

        fn writev(&mut self, frame: &mut Frame<Self>, it: fop::Writev) -> Answer {
            Ok(frame.tail(fop::Writev { vector: &rotated(it.vector), ..it }))
        }

        fn put(&mut self, frame: &mut Frame<Self>, it: fop::Put) -> Answer {
            Ok(frame.tail(fop::Put { vector: &rotated(it.vector), ..it }))
        }

        fn readv_cbk(&mut self, frame: &mut Frame<Self>, reply: reply::Readv) -> Answer {
            let vector = rotated(reply.check()?.vector.unwrap_or_default());
            Ok(frame.unwind(reply::Readv { vector: Some(&vector), ..reply }))
        }
    }
}

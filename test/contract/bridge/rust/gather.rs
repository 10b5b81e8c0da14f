//! Asks all children at once, and waits for what it needs of their replies.
use super::shapes::*;
stateless!(Module);

#[derive(Default)]
pub struct Answers {
    count: usize,
    size: i64,
    largest: Option<Kept>,
}

translator! {
    impl Translator for Module {
        type Local = Answers;
        const NEEDS: u32 = needs::REFUSES_OTHERS;
        fn init(_: Volume<Self>) -> Result<Self, String> {
            Self::new()
        }
        fn stat(&mut self, frame: &mut Frame<Self>, it: fop::Stat) -> Answer {
            for child in frame.volume().children() {
                frame.to(child).wind(it);
            }
            Ok(frame.later())
        }
        fn stat_cbk(&mut self, frame: &mut Frame<Self>, reply: reply::Stat) -> Answer {
            let size = reply.check()?.buf.ok_or(EIO)?.ia_size;
            if frame.local.largest.is_none() || size > frame.local.size {
                frame.local.size = size;
                frame.local.largest = frame.keep_reply();
            }
            frame.local.count += 1;
            match frame.local.largest {
                Some(largest) if frame.local.count == frame.volume().children().len() => {
                    Ok(frame.unwind_kept(largest))
                }
                _ => Ok(frame.later()),
            }
        }
        // Any success counts.
        fn access(&mut self, frame: &mut Frame<Self>, it: fop::Access) -> Answer {
            for child in frame.volume().children() {
                frame.to(child).wind(it);
            }
            Ok(frame.later())
        }
        fn access_cbk(&mut self, frame: &mut Frame<Self>, reply: reply::Access) -> Answer {
            frame.local.count += 1;
            let is_last = frame.local.count == frame.volume().children().len();
            if !frame.answered() && (reply.op_ret >= 0 || is_last) {
                return Ok(frame.unwind(reply));
            }
            Ok(frame.later())
        }
    }
}

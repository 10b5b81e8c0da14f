//! Winds stat to the last subvolume, and does not declare a target for undefined fops.
use super::shapes::*;
stateless!(Module);
translator! {
    impl Translator for Module {
        fn init(_: Volume<Self>) -> Result<Self, String> {
            Self::new()
        }
        fn stat(&mut self, frame: &mut Frame<Self>, it: fop::Stat) -> Answer {
            let last = frame.volume().children().last().ok_or(EIO)?;
            Ok(frame.to(last).tail(it))
        }
        fn readlink_cbk(&mut self, frame: &mut Frame<Self>, reply: reply::Readlink) -> Answer {
            Ok(frame.unwind(reply))
        }
    }
}

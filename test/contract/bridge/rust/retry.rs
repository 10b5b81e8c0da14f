//! Asks one child after the other until one succeeds.
use super::shapes::*;
stateless!(Module);
translator! {
    impl Translator for Module {
        const NEEDS: u32 = needs::REFUSES_OTHERS;
        fn init(_: Volume<Self>) -> Result<Self, String> {
            Self::new()
        }
        fn stat(&mut self, frame: &mut Frame<Self>, it: fop::Stat) -> Answer {
            Ok(frame.wind(it))
        }
        fn stat_cbk(&mut self, frame: &mut Frame<Self>, reply: reply::Stat) -> Answer {
            let next = frame.child().map_or(0, |child| child.index + 1);
            match frame.volume().children().get(next) {
                Some(child) if reply.op_ret < 0 => Ok(frame.to(child).wind_same()),
                _ => Ok(frame.unwind(reply)),
            }
        }
    }
}

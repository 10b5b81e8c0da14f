//! Asks every child at once, and answers with the first success, or the last failure.
use super::shapes::*;
stateless!(Module);
translator! {
    impl Translator for Module {
        type Local = usize;
        const NEEDS: u32 = needs::REFUSES_OTHERS;
        fn init(_: Volume<Self>) -> Result<Self, String> {
            Self::new()
        }
        fn stat(&mut self, frame: &mut Frame<Self>, it: fop::Stat) -> Answer {
            for child in frame.volume().children() {
                frame.local += 1;
                frame.to(child).wind(it);
            }
            Ok(frame.later())
        }
        fn stat_cbk(&mut self, frame: &mut Frame<Self>, reply: reply::Stat) -> Answer {
            frame.local -= 1;
            let late = if frame.answered() { " late" } else { "" };
            info!("{}: {}{late}", frame.child().unwrap().name, reply.op_ret);
            if !frame.answered() && (reply.op_ret >= 0 || frame.local == 0) {
                return Ok(frame.unwind(reply));
            }
            Ok(frame.later())
        }
    }
}

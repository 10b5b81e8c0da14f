//! Logs created and removed names, with every wind and reply deferred.
use super::shapes::*;
stateless!(Module);
translator! {
    impl Translator for Module {
        fn init(_: Volume<Self>) -> Result<Self, String> {
            Self::new()
        }
        fn any_fop(&mut self, frame: &mut Frame<Self>, _: fop::Any) -> Answer {
            hold_until(frame, 0.0, |frame| {
                frame.wind_same();
            })
        }
        fn any_cbk(&mut self, frame: &mut Frame<Self>, _: reply::Any) -> Answer {
            let kept = frame.keep_reply().unwrap();
            hold_until(frame, 0.001, move |frame| {
                frame.unwind_kept(kept);
            })
        }
        fn entry_created(&mut self, loc: &Loc) {
            log_name('+', loc);
        }
        fn entry_removed(&mut self, loc: &Loc) {
            log_name('-', loc);
        }
    }
}

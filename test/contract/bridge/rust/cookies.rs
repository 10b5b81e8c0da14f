//! Logs what a callback knows of its wind: a captured note, or the child that replied.
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
            info!("{}", frame.child().unwrap().name);
            Ok(frame.unwind(reply))
        }
        fn access(&mut self, frame: &mut Frame<Self>, it: fop::Access) -> Answer {
            let child = &frame.volume().children()[1];
            Ok(frame.to(child).wind_then(it, |_, frame, reply| {
                info!("{}", frame.child().unwrap().name);
                Ok(frame.unwind(reply))
            }))
        }
        fn readlink(&mut self, frame: &mut Frame<Self>, it: fop::Readlink) -> Answer {
            let note = "a note";
            Ok(frame.wind_then(it, move |_, frame, reply| {
                info!("{note}");
                Ok(frame.unwind(reply))
            }))
        }
    }
}

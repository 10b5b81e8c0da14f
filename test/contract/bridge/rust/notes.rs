//! Passes a note from each fop to its callback in frame.local.
use super::shapes::*;
stateless!(Module);
translator! {
    impl Translator for Module {
        type Local = String;
        fn init(_: Volume<Self>) -> Result<Self, String> {
            Self::new()
        }
        fn stat(&mut self, frame: &mut Frame<Self>, it: fop::Stat) -> Answer {
            frame.local = if frame.local.is_empty() {
                it.loc.name.unwrap_or_default().to_string()
            } else {
                "there was one already".into()
            };
            Ok(frame.wind(it))
        }
        fn stat_cbk(&mut self, frame: &mut Frame<Self>, reply: reply::Stat) -> Answer {
            info!("{}", frame.local);
            Ok(frame.unwind(reply))
        }
    }
}

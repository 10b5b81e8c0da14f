//! Logs the state of each child on access.
use super::shapes::*;
stateless!(Module);
translator! {
    impl Translator for Module {
        const NEEDS: u32 = needs::REFUSES_OTHERS;
        fn init(_: Volume<Self>) -> Result<Self, String> {
            Self::new()
        }
        fn access(&mut self, frame: &mut Frame<Self>, _: fop::Access) -> Answer {
            let children = frame.volume().children().iter();
            let text: String = children.map(|child| if child.is_up() { '+' } else { '-' }).collect();
            info!("{text}");
            Ok(frame.unwind(reply::Access::default()))
        }
    }
}

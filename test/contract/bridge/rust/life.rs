//! Logs its construction, init, events and fini.
use super::shapes::*;
stateless!(Module);
translator! {
    impl Translator for Module {
        fn init(volume: Volume<Self>) -> Result<Self, String> {
            let child = volume.child().unwrap();
            info!("made {} over ['{}']", volume.name(), child.name);
            info!("init, {}", child.r#type);
            Self::new()
        }
        fn notify(&mut self, event: &str, _: Option<&'static Child>) {
            info!("event {event}");
        }
        fn fini(&mut self) {
            info!("fini");
        }
    }
}

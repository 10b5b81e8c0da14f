//! Is up while any child is up, and logs the events of each child.
use super::shapes::*;

pub struct Module {
    volume: Volume<Self>,
}

translator! {
    impl Translator for Module {
        const NEEDS: u32 = needs::PASSES_THROUGH;
        fn init(volume: Volume<Self>) -> Result<Self, String> {
            volume.say_up(false);
            Ok(Module { volume })
        }
        fn notify(&mut self, event: &str, child: Option<&'static Child>) {
            info!("{event} {}", child.map_or("None", |child| &child.name));
            if child.is_some() {
                self.volume.say_up(self.volume.children().iter().any(Child::is_up));
            }
        }
    }
}

//! Reconfigures its option while it runs, and has a statedump.
use super::shapes::*;

const SIZE: VolumeOption<i64> = VolumeOption::int("size").default("1");

pub struct Module {
    volume: Volume<Self>,
    size: i64,
}

translator! {
    impl Translator for Module {
        const OPTIONS: Options = &[&SIZE];
        fn init(volume: Volume<Self>) -> Result<Self, String> {
            Ok(Module { volume, size: volume.get(&SIZE) })
        }
        fn reconfigure(&mut self) {
            let before = self.size;
            self.size = self.volume.get(&SIZE);
            info!("size {}, was {before}", self.size);
        }
        fn statedump(&mut self, dump: &mut Dict<'static>) {
            dump.set("size", self.size).set("what", "a test");
        }
    }
}

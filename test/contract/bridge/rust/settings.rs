//! Logs the values of its options.
use super::shapes::*;
stateless!(Module);

const TEXT: VolumeOption<String> = VolumeOption::str("text").default("quiet").help("some text");
const CHOICE: VolumeOption<String> = VolumeOption::one_of("choice", &["one", "two"]);
const COUNT: VolumeOption<i64> = VolumeOption::int("count").range(1.0, 10.0).default("3");
const SHARE: VolumeOption<f64> = VolumeOption::double("share").default("0.5");
const ENABLED: VolumeOption<bool> = VolumeOption::bool("enabled").default("on");
const CACHE_SIZE: VolumeOption<i64> = VolumeOption::size("cache-size").default("1KB");
const TIMEOUT: VolumeOption<i64> = VolumeOption::time("timeout").default("60");
const PART: VolumeOption<f64> = VolumeOption::percent("part");
const FOLDER: VolumeOption<String> = VolumeOption::path("folder");
const LATER: VolumeOption<i64> = VolumeOption::time("later");

fn show<V: OptionValue + std::fmt::Debug>(
    volume: Volume<Module>,
    key: &str,
    option: &VolumeOption<V>,
) -> String {
    let value = volume.find(option).map_or("null".into(), |value| format!("{value:?}"));
    format!("\"{key}\":{value}")
}

translator! {
    impl Translator for Module {
        const OPTIONS: Options = &[
            &TEXT, &CHOICE, &COUNT, &SHARE, &ENABLED, &CACHE_SIZE, &TIMEOUT, &PART, &FOLDER, &LATER,
        ];
        fn init(volume: Volume<Self>) -> Result<Self, String> {
            let values = [
                show(volume, "text", &TEXT),
                show(volume, "choice", &CHOICE),
                show(volume, "count", &COUNT),
                show(volume, "share", &SHARE),
                show(volume, "enabled", &ENABLED),
                show(volume, "cache-size", &CACHE_SIZE),
                show(volume, "timeout", &TIMEOUT),
                show(volume, "part", &PART),
                show(volume, "folder", &FOLDER),
                show(volume, "later", &LATER),
            ];
            info!("{{{}}}", values.join(","));
            Self::new()
        }
    }
}

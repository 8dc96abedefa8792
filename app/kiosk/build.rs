//! Compiles the screens and embeds their fonts: the appliance has no font files of its own.
use slint_build::{CompilerConfiguration, EmbedResourcesKind};

fn main() -> Result<(), slint_build::CompileError> {
    // The demo and the tests find controls by their names, which needs this; the image does not.
    let names = std::env::var_os("CARGO_FEATURE_DEMO").is_some();
    let configuration = CompilerConfiguration::new()
        .embed_resources(EmbedResourcesKind::EmbedFiles)
        .with_debug_info(names);
    slint_build::compile_with_config("ui/till.slint", configuration)
}

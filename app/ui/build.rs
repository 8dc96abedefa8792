//! Compiles the screens and embeds their fonts: the appliance has no font files of its own.
use slint_build::{CompilerConfiguration, EmbedResourcesKind};

fn main() -> Result<(), slint_build::CompileError> {
    let names = std::env::var_os("CARGO_FEATURE_NAMES").is_some();
    let configuration = CompilerConfiguration::new()
        .embed_resources(EmbedResourcesKind::EmbedFiles)
        .with_debug_info(names);
    slint_build::compile_with_config("till.slint", configuration)
}

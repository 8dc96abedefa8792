# Each command first installs what this machine lacks (.ci/install says what and why), then calls
# cargo. `make help` lists them.

# Where rustup puts cargo, also right after its installation.
export PATH := $(or $(CARGO_HOME),$(HOME)/.cargo)/bin:$(PATH)

stage := .ci/stage
till := --locked --workspace --exclude hal
# --all-targets would leave out the suite that is not run with the other tests.
all_targets := --lib --bins --examples --tests --benches --test chaos
has_qemu = $(shell command -v qemu-system-x86_64 >/dev/null && ls /usr/share/OVMF/OVMF_CODE* 2>/dev/null)
no_qemu = echo "SKIPPED: this needs QEMU and its firmware; as root: apt-get install qemu-system-x86 ovmf"
live_settings := ERPNEXT_URL ERPNEXT_ADMIN_KEY

.DEFAULT_GOAL := help
.PHONY: help run test test-long fuzz lint bench test-live test-peers advisories image run-image test-image check-buildroot

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-15s %s\n", $$1, $$2 }' Makefile

run: ## a till with the demo shop and virtual devices, in a window if there is a display
	@.ci/install $(if $(DISPLAY)$(WAYLAND_DISPLAY),window)
	@.ci/demo

# The chaos suite takes what processor the other tests leave, which mostly wait for one another.
# One call of cargo for all tests but hal's, because cargo joins the features of what it builds
# together: `make run` asks for the same, so that neither compiles the screens anew after the other.
# hal's pictures of receipts are those of hal alone: with what the screens ask of the font libraries
# a line of Thai stands two dots lower.
# Documentation and clippy leave the screens out: they are what the Slint compiler writes.
test: lint ## every check and test
	@.ci/install test
	@RUSTDOCFLAGS="-D warnings" $(stage) "documentation" cargo doc --locked --workspace --no-deps --exclude kiosk --exclude setup --exclude tests --exclude ui
	@$(stage) "tests of the devices" cargo test --locked --package hal --no-fail-fast
	@$(stage) "examples of the devices" .ci/examples
	@$(stage) "compiling the tests" cargo test $(till) --no-run
	@$(stage) "compiling the chaos suite" cargo test $(till) --no-run --test chaos
	@.ci/beside "chaos" "cargo test $(till) --test chaos" "tests" "cargo test $(till) --no-fail-fast"
	@$(stage) "licences" .ci/licences

test-long: ## what takes too long for every change: 2,000 sales under power cuts, each parser's fuzzer for a minute
	@.ci/install long
	@EVERTILL_LONG=1 $(stage) "a vault in a TPM" cargo test --locked --workspace --exclude hal --test tpm
	@EVERTILL_LONG=1 $(stage) "power cuts during 2,000 sales" cargo test --locked --workspace --exclude hal --test lost_writes -- --nocapture
	@EVERTILL_LONG=1 $(stage) "files for the till's own parsers, a minute each" cargo test --locked --workspace --exclude hal --test parser_corpora -- --nocapture
	@$(stage) "fuzzers, a minute each" .ci/fuzz 60

fuzz: ## the fuzzers alone: SECONDS=10 and PARSERS="scanned_codes ..." as you like
	@.ci/install long
	@.ci/fuzz $(or $(SECONDS),60) $(PARSERS)

lint: ## the quick checks alone: layout, compiler and clippy warnings, codecs without an operating system
	@.ci/install
	@$(stage) "layout" cargo fmt --all --check
	@$(stage) "the appliance's files" images/scripts/check
	@$(stage) "codecs without an operating system, and each feature of the devices" .ci/features
	@$(stage) "clippy" cargo clippy --locked --workspace --exclude ui --no-deps $(all_targets) -- -D warnings

bench: ## how fast it is: a table, and the same as JSON
	@.ci/install
	cargo run --locked --release --package kiosk --bin evertill -- bench

test-live: ## a till and its integrator against a real ERPNext: ERPNEXT_URL, ERPNEXT_ADMIN_KEY
	@missing="$(strip $(foreach setting,$(live_settings),$(if $($(setting)),,$(setting))))"; \
	if [ -n "$$missing" ]; then echo "Set these first: $$missing"; exit 2; fi
	@.ci/install
	cargo run --locked --package tests --bin live

test-peers: ## other people's programs judge what is printed (needs Python and PyPI)
	@.ci/install
	@.ci/peers

image: ## the reference image of the appliance, for virtual machines: images/output (EVERTILL_BINARY, INIT_BINARY name finished programs)
	@.ci/install image
	@images/reference/build images/output/reference

run-image: image ## the reference image in a virtual machine, in a window if there is a display
	@$(if $(has_qemu),cargo run --locked --package machine -- run images/output/reference/disk.img,$(no_qemu))

# Slow: everything is emulated, as hardware virtualisation is not to be had on every machine.
test-image: ## the appliance in virtual machines: a sale, updates, damage, cut power
	@$(if $(has_qemu),.ci/install image && .ci/test-image $(SCENES),$(no_qemu))

check-buildroot: ## proves the configurations in buildroot/ against a tree: BUILDROOT=path
	@buildroot/scripts/check $(or $(BUILDROOT),$(error name the tree: BUILDROOT=path))

advisories: ## known weaknesses of the dependencies, from today's list (needs cargo-deny and the network)
	@.ci/install
	cargo deny --locked check advisories

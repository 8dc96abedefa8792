################################################################################
#
# evertill-init
#
################################################################################

EVERTILL_INIT_VERSION = local
EVERTILL_INIT_SITE = $(realpath $(BR2_EXTERNAL_EVERTILL_PATH)/..)
EVERTILL_INIT_SITE_METHOD = local
EVERTILL_INIT_LICENSE = GPL-3.0
EVERTILL_INIT_LICENSE_FILES = LICENSE
EVERTILL_INIT_DEPENDENCIES = e2fsprogs util-linux
EVERTILL_INIT_OVERRIDE_SRCDIR_RSYNC_EXCLUSIONS = \
	--exclude=/target --exclude=/.git --exclude=/buildroot/output

EVERTILL_INIT_CARGO_BUILD_OPTS = --package init

define EVERTILL_INIT_FETCH_CRATES
	cd $(@D) && $(TARGET_MAKE_ENV) $(PKG_COMMON_CARGO_ENV) \
		cargo fetch --locked
endef
EVERTILL_INIT_PRE_BUILD_HOOKS += EVERTILL_INIT_FETCH_CRATES

define EVERTILL_INIT_INSTALL_TARGET_CMDS
	$(INSTALL) -D -m 0755 \
		$(@D)/target/$(RUSTC_TARGET_NAME)/$(RUSTC_TARGET_PROFILE)/init \
		$(TARGET_DIR)/usr/sbin/init
	mkdir -p $(TARGET_DIR)/usr/libexec/evertill
	ln -sf ../../sbin/init $(TARGET_DIR)/usr/libexec/evertill/network-changed
endef

# GRUB's own tool may come from its package; post-build.sh puts ours in its
# place.

$(eval $(cargo-package))

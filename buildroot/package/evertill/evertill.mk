################################################################################
#
# evertill
#
################################################################################

# The tree that this folder is part of.
EVERTILL_VERSION = local
EVERTILL_SITE = $(realpath $(BR2_EXTERNAL_EVERTILL_PATH)/..)
EVERTILL_SITE_METHOD = local
EVERTILL_LICENSE = GPL-3.0
EVERTILL_LICENSE_FILES = LICENSE
EVERTILL_DEPENDENCIES = host-pkgconf libinput libxkbcommon udev
EVERTILL_OVERRIDE_SRCDIR_RSYNC_EXCLUSIONS = \
	--exclude=/target --exclude=/.git --exclude=/buildroot/output

EVERTILL_CARGO_BUILD_OPTS = --package kiosk --bin evertill \
	--no-default-features --features appliance

# A local tree is not downloaded, so its crates are not vendored with it: the
# locked ones are fetched here, before the build, which works offline.
define EVERTILL_FETCH_CRATES
	cd $(@D) && $(TARGET_MAKE_ENV) $(PKG_COMMON_CARGO_ENV) \
		cargo fetch --locked
endef
EVERTILL_PRE_BUILD_HOOKS += EVERTILL_FETCH_CRATES

# cargo install would build what this workspace has besides.
define EVERTILL_INSTALL_TARGET_CMDS
	$(INSTALL) -D -m 0755 \
		$(@D)/target/$(RUSTC_TARGET_NAME)/$(RUSTC_TARGET_PROFILE)/evertill \
		$(TARGET_DIR)/usr/bin/evertill
endef

# What a box is, besides its board: who runs the till.
define EVERTILL_USERS
	evertill 900 evertill 900 * - - video,input,render,dialout,lp,tss The till
endef

$(eval $(cargo-package))

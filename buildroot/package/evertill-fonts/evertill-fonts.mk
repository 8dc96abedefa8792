################################################################################
#
# evertill-fonts
#
################################################################################

EVERTILL_FONTS_VERSION = 20201225-2
EVERTILL_FONTS_SITE = http://deb.debian.org/debian/pool/main/f/fonts-noto
EVERTILL_FONTS_SOURCE = fonts-noto-core_$(EVERTILL_FONTS_VERSION)_all.deb
EVERTILL_FONTS_MICROHEI = fonts-wqy-microhei_0.2.0-beta-4_all.deb
EVERTILL_FONTS_MOTOYA = fonts-motoya-l-cedar_1.01-5_all.deb
EVERTILL_FONTS_EXTRA_DOWNLOADS = \
	http://deb.debian.org/debian/pool/main/f/fonts-wqy-microhei/$(EVERTILL_FONTS_MICROHEI) \
	http://deb.debian.org/debian/pool/main/f/fonts-motoya-l-cedar/$(EVERTILL_FONTS_MOTOYA)
EVERTILL_FONTS_LICENSE = OFL-1.1 (Noto), Apache-2.0 or GPL-3.0+ with font exception (WenQuanYi Micro Hei), Apache-2.0 (Motoya L Cedar)
EVERTILL_FONTS_LICENSE_FILES = \
	usr/share/doc/fonts-motoya-l-cedar/copyright \
	usr/share/doc/fonts-noto-core/copyright \
	usr/share/doc/fonts-wqy-microhei/copyright

# Packages of Debian are archives of ar.
define EVERTILL_FONTS_EXTRACT_CMDS
	$(foreach deb,$(EVERTILL_FONTS_SOURCE) $(EVERTILL_FONTS_MICROHEI) $(EVERTILL_FONTS_MOTOYA),
		ar p $(EVERTILL_FONTS_DL_DIR)/$(deb) data.tar.xz | \
			$(TAR) -C $(@D) -xJf -
	)
endef

define EVERTILL_FONTS_INSTALL_TARGET_CMDS
	sed '/^#/d' $(BR2_EXTERNAL_EVERTILL_PATH)/../images/fonts | \
	while read -r font; do \
		$(INSTALL) -D -m 0644 $(@D)/usr/share/fonts/truetype/*/$$font \
			$(TARGET_DIR)/usr/share/fonts/$$font || exit 1; \
	done
endef

$(eval $(generic-package))

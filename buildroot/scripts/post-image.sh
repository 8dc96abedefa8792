#!/usr/bin/env bash
# Buildroot calls this with what it built: a disk image and an update bundle are made of it.
#   post-image.sh BINARIES_DIR BOARD
set -euo pipefail
binaries=$1
board=$2
tree=$(cd "$(dirname "$0")/.." && pwd)
meta=$tree/boards/$board/meta
# shellcheck source=/dev/null
. "$meta"

input=$BUILD_DIR/evertill-image
rm -rf "$input"
mkdir -p "$input/slot"
cp "$binaries/rootfs.erofs" "$input/root.erofs"
case $LAYOUT in
efi)
    cp "$binaries/$KERNEL_IMAGE" "$input/slot/vmlinuz"
    # The image of GRUB that Buildroot makes has no configuration and no key in it.
    export GRUB_MKIMAGE=$HOST_DIR/bin/grub-mkimage
    GRUB_MODULES=$(echo "$BUILD_DIR"/grub2-[0-9]*/build-x86_64-efi/grub-core)
    export GRUB_MODULES
    ;;
raspberrypi)
    cp "$binaries/$KERNEL_IMAGE" "$input/slot/"
    cp -R "$binaries/rpi-firmware" "$input/firmware"
    cp "$binaries/u-boot.bin" "$binaries"/*.dtb "$input/firmware/"
    ;;
esac
"$tree/../images/scripts/assemble" "$meta" "$input" "$binaries" "${EVERTILL_VERSION:?}"

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
    cp "$binaries/efi-part/EFI/BOOT/bootx64.efi" "$input/BOOTX64.EFI"
    ;;
raspberrypi)
    cp "$binaries/$KERNEL_IMAGE" "$input/slot/"
    cp -R "$binaries/rpi-firmware" "$input/firmware"
    cp "$binaries/u-boot.bin" "$binaries"/*.dtb "$input/firmware/"
    ;;
esac
"$tree/../images/scripts/assemble" "$meta" "$input" "$binaries" "${EVERTILL_VERSION:?}"

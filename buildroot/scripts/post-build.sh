#!/usr/bin/env bash
# Buildroot calls this with the finished root: what depends on the board goes in, what an appliance
# must not have goes out, and what was asked for is proven.
#   post-build.sh TARGET_DIR BOARD
set -euo pipefail
target=$1
board=$2
tree=$(cd "$(dirname "$0")/.." && pwd)
meta=$tree/boards/$board/meta
# shellcheck source=/dev/null
. "$meta"

keys=$("$tree/../images/scripts/keys")
keyring=${EVERTILL_KEYRING:-$keys/root.cert.pem}
"$tree/../images/scripts/configure-root" "$meta" "$target" "${EVERTILL_VERSION:?}" "$keyring"
if [ "$BOOTLOADER" = uboot ]; then
    install -m 644 "$tree/boards/$board/fw_env.config" "$target/etc/fw_env.config"
fi
# eudev's daemon, where the list of services looks for it.
[ -e "$target/usr/sbin/udevd" ] || ln -s ../../sbin/udevd "$target/usr/sbin/udevd"
[ -e "$target/usr/bin/udevadm" ] || ln -s ../../sbin/udevadm "$target/usr/bin/udevadm"

# Nothing here runs scripts.
rm -rf "$target"/etc/{init.d,profile,profile.d,inittab} "$target"/usr/sbin/resolvconf "$target"/sbin/resolvconf \
    "$target"/lib/dhcpcd "$target"/usr/libexec/resolvconf "$target"/etc/resolvconf.conf
"$tree/../images/scripts/no-interpreters" "$target"

config=$(echo "$BUILD_DIR"/linux-[0-9a-f]*/.config)
for fragment in $KERNEL_FRAGMENTS; do
    "$tree/scripts/prove-symbols" "$tree/kernel/$fragment.fragment" "$config"
done
"$tree/scripts/prove-symbols" "$tree/configs/$DEFCONFIG" "$BR2_CONFIG"

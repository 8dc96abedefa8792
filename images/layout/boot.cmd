# U-Boot's part on a Raspberry Pi: chooses a slot, counts the try before it is made, and starts it.
# RAUC writes the same variables: BOOT_ORDER, and how many tries each slot has left.
test -n "${BOOT_ORDER}" || setenv BOOT_ORDER "A B"
test -n "${BOOT_A_LEFT}" || setenv BOOT_A_LEFT 3
test -n "${BOOT_B_LEFT}" || setenv BOOT_B_LEFT 3
setenv slot
setenv notice
for candidate in "${BOOT_ORDER}"; do
  if test -n "${slot}"; then
    true
  elif test "${candidate}" = "A"; then
    if test ${BOOT_A_LEFT} -gt 0; then
      setexpr BOOT_A_LEFT ${BOOT_A_LEFT} - 1
      setenv slot A
      setenv part 3
    fi
  elif test "${candidate}" = "B"; then
    if test ${BOOT_B_LEFT} -gt 0; then
      setexpr BOOT_B_LEFT ${BOOT_B_LEFT} - 1
      setenv slot B
      setenv part 5
    fi
  fi
done
if test -z "${slot}"; then
  # Every slot had its tries. Giving up would leave a dead box.
  setenv BOOT_A_LEFT 3
  setenv BOOT_B_LEFT 3
  saveenv
  reset
fi
saveenv
echo "Evertill: slot ${slot} (A ${BOOT_A_LEFT}, B ${BOOT_B_LEFT} left)"
if load mmc 0:${part} ${scriptaddr} slot.env; then
  env import -t ${scriptaddr} ${filesize} slot_arguments_A slot_arguments_B
  if test "${slot}" = "A"; then setenv slot_arguments "${slot_arguments_A}"; else setenv slot_arguments "${slot_arguments_B}"; fi
  if load mmc 0:${part} ${kernel_addr_r} Image; then
    setenv bootargs "${slot_arguments} rauc.slot=${slot} usbcore.authorized_default=0 @KERNEL_ARGUMENTS@"
    booti ${kernel_addr_r} - ${fdt_addr}
  fi
fi
echo "Evertill: slot ${slot} cannot be loaded"
reset

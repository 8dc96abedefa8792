include $(sort $(wildcard $(BR2_EXTERNAL_EVERTILL_PATH)/package/*/*.mk))

// The yardstick of `cargo bench --bench calls`: one call. With -DEAGI it listens, too.
#include "../../common/agi.h"

int main(void)
{
	char text[128];
	while (*line())
		;
#ifdef EAGI
	if (*SEND("GET VARIABLE EAGI_AUDIO_FORMAT\n") != '0')
		return 1;
	static short frame[160];
	int loudest = 0;
	for (int samples = 0; samples < 8000;) {
		// A frame of 20 ms; the driver writes whole ones.
		ssize_t some = read(3, frame, sizeof frame);
		if (some <= 0)
			return 1;
		for (int at = 0; at < some / 2; at++)
			loudest = frame[at] > loudest ? frame[at] : loudest;
		samples += some / 2;
	}
	command(text, sprintf(text, "SET VARIABLE LOUDEST %d\n", loudest));
#else
	// 1 (value)
	char *value = SEND("GET VARIABLE ACCOUNT\n") + 3;
	value[strcspn(value, ")")] = 0;
	command(text, snprintf(text, sizeof text, "SET VARIABLE BALANCE \"%s\"\n", value));
	SEND("STREAM FILE welcome \"\"\n");
	int key = atoi(SEND("WAIT FOR DIGIT 5000\n"));
	SEND("SAY NUMBER 1204 \"\"\n");
	SEND("EXEC NoOp done\n");
	command(text, sprintf(text, "SET VARIABLE CHOICE \"%c\"\n", key));
#endif
	return 0;
}

// The yardstick of `cargo bench --bench asterisk`: seven quick commands.
#include "../../common/agi.h"

int main(void)
{
	char text[256];
	while (*line())
		;
	// 1 (value)
	char *value = SEND("GET VARIABLE TOKEN\n") + 3;
	value[strcspn(value, ")")] = 0;
	command(text, snprintf(text, sizeof text, "SET VARIABLE ECHO \"%s\"\n", value));
	SEND("CHANNEL STATUS\n");
	SEND("NOOP\n");
	SEND("EXEC NoOp done\n");
	int count = atoi(SEND("GET FULL VARIABLE \"$[3+4]\"\n") + 3);
	command(text, sprintf(text, "SET VARIABLE DONE \"%d\"\n", count));
	return 0;
}

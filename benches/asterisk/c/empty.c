// The least that a program can do: what a call costs with it is Asterisk's own.
int main(void)
{
	return 0;
}

// `cargo bench --bench calls` by ding-dong. It is made for sockets: both directions in one object.
process.stdin.write = (text) => process.stdout.write(text);
const agi = new Context(process.stdin);
agi.on('variables', async () => {
  const balance = (await agi.getVariable('ACCOUNT')).value;
  await agi.setVariable('BALANCE', balance);
  await agi.streamFile('welcome', '');
  const key = String.fromCharCode((await agi.waitForDigit(5000)).result);
  await agi.sayNumber(1204, '');
  await agi.exec('NoOp', 'done');
  await agi.setVariable('CHOICE', key);
  process.exit(0);
});

#!/usr/bin/env node
// A small menu: events for the lines, promises for the replies.
const readline = require('readline');

const call = {};
const waiting = [];
let inEnvironment = true;

const lines = readline.createInterface({ input: process.stdin });
lines.on('line', (line) => {
  if (!inEnvironment) {
    const reply = waiting.shift();
    if (reply) reply(line);
  } else if (line === '') {
    inEnvironment = false;
    menu();
  } else {
    const colon = line.indexOf(':');
    call[line.slice(0, colon)] = line.slice(colon + 1).trim();
  }
});
lines.on('close', () => process.exit(0));

async function agi(command) {
  process.stdout.write(command + '\n');
  const reply = await new Promise((resolve) => waiting.push(resolve));
  const found = /^200 result=(-?\d*)(?: \((.*)\))?/.exec(reply) || [];
  if (found[1] === '-1') process.exit(0);
  return { result: found[1] || '', value: found[2] };
}

async function menu() {
  await agi('ANSWER');
  const { result: number } = await agi('GET DATA vm-enter-num-to-call 5000 4');
  await agi(`SET VARIABLE DIALLED "${number}"`);
  if (number) await agi(`SAY DIGITS ${number} ""`);
  else await agi('STREAM FILE invalid ""');
  const { result: key } = await agi('STREAM FILE tt-weasels "12"');
  const choice = key === '0' ? 'none' : String.fromCharCode(Number(key));
  await agi(`DATABASE PUT menu choice ${choice}`);
  const { value: caller } = await agi('GET VARIABLE CALLERID(num)');
  await agi(`VERBOSE "${caller} chose ${choice}" 1`);
  await agi('NO SUCH COMMAND');
  await agi('STREAM FILE vm-goodbye ""');
  process.stderr.write(`menu: call ${call.agi_uniqueid} is over\n`);
  process.exit(0);
}

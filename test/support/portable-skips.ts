/** System tests that do not run in portable mode, each file with the reason. Every other file of test/system runs with both launchers. */
export const portableSkips: Readonly<Record<string, string>> = {
  'crash.test.ts': 'services do not outlive the process that watches them',
  'upgrade.test.ts': 'its program is replaced by starting it anew',
  'daemon-cannot-start.test.ts': 'there is one process, which starts everything itself',
  'lost-journal.test.ts': 'there is no journal: no other daemon goes on',
  'sleep.test.ts': 'portable mode never sleeps: nobody could wake it',
  'access.test.ts': 'its socket is closed to everybody but its owner, so there is nobody to grant anything to',
  'attack.test.ts': 'its attackers are other users, who cannot connect',
  'root-mode.test.ts': 'portable mode is never the instance of the machine',
  'portable.test.ts': 'it asks for portable mode itself',
  'portable-start.test.ts': 'it is about npm start, which chooses the launcher itself',
  'npm-start.test.ts': 'it is about npm start, which chooses the launcher itself',
  'setup.test.ts': 'it starts no reeve',
};

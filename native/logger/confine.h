/* What the logger gives up before it hears the first byte: new privileges, every path, every port, and all system calls but those it needs. */
#pragma once

/* What this kernel can't do is said in one sentence on standard error. */
void confine(void);

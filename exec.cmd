@rem npm's scripts hand their shell over with `exec`, so that a signal ends the program itself. Windows has no such word.
@%*

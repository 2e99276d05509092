<?php
/* @oracle {} */
echo basename('/a/b/file.txt'), basename('/a/b/file.txt', '.txt'), basename('/a/b/'), dirname('/a/b/c.txt'), pathinfo('/a/b/c.tar.gz', PATHINFO_EXTENSION), pathinfo('/a/b/c.tar.gz', PATHINFO_FILENAME);

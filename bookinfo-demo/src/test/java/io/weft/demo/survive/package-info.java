/** The mesh as processes, under counted load, while its parts die and its configuration goes wrong: nobody who asks may notice. */
@NullMarked
package io.weft.demo.survive;

import org.jspecify.annotations.NullMarked;

// SPDX-License-Identifier: Apache-2.0
// Exit status 1 where the tiny program is wrong.
int sum_below(int rest);
int at_least_zero(int x);
void leave_a_note();

int main() {
  leave_a_note();
  return sum_below(3) == 6 && at_least_zero(-1) == 0 && at_least_zero(4) == 4 ? 0 : 1;
}

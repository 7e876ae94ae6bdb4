"""What pulls down, in metres a second squared, on the ground that things move on."""

EARTH_M_S2 = 9.81
MOON_M_S2 = 1.62

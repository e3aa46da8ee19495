import sys


def handle(event, context):
    return main()


def main():
    return len(sys.argv)


if __name__ == '__main__':
    main()
